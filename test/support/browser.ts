import { parseSetCookie, stringifyCookie } from 'cookie';

/** Where a browser ended up. */
export interface Page {
  url: URL;
  /** 0 for a frontend, of which there is only the address. */
  status: number;
  text: string;
  /** `Set-Cookie` headers seen on the way here. */
  setCookies: string[];
}

interface Cookie {
  host: string;
  name: string;
  path: string;
  secure: boolean;
  value: string;
}

/** Follows redirects, keeps cookies and posts forms, as a browser does; it runs no scripts. */
export class Browser {
  private cookies: Cookie[] = [];

  /** @param hosts origins that are served elsewhere, by where; those served nowhere (null) are where a way ends */
  constructor(private readonly hosts: Readonly<Record<string, string | null>>) {}

  /** Opens an address, or posts a form to it, and follows redirects to their end. */
  async open(address: string | URL, form?: Record<string, string>): Promise<Page> {
    const setCookies: string[] = [];
    let url = new URL(address);
    let body = form && new URLSearchParams(form);
    for (let hops = 0; hops < 20; hops += 1) {
      const served = url.origin in this.hosts ? this.hosts[url.origin] : url.origin;
      if (!served) return { url, status: 0, text: '', setCookies };
      const response = await fetch(served + url.pathname + url.search, {
        method: body ? 'POST' : 'GET',
        body,
        headers: { cookie: this.cookieHeader(url) },
        redirect: 'manual',
      });
      setCookies.push(...response.headers.getSetCookie());
      this.keep(url, response.headers.getSetCookie());
      const location = response.headers.get('location');
      if (location === null) return { url, status: response.status, text: await response.text(), setCookies };
      await response.body?.cancel();
      url = new URL(location, url);
      body = undefined;
    }
    throw new Error(`Too many redirects, the last to ${url.href}`);
  }

  private cookieHeader(url: URL): string {
    const fitting = this.cookies.filter(
      ({ host, path, secure }) =>
        host === url.hostname && url.pathname.startsWith(path) && (!secure || url.protocol === 'https:'),
    );
    return stringifyCookie(Object.fromEntries(fitting.map(({ name, value }) => [name, value])));
  }

  private keep(url: URL, headers: string[]): void {
    for (const header of headers) {
      const { name, value, path = '/', secure = false, maxAge, expires } = parseSetCookie(header);
      const host = url.hostname;
      this.cookies = this.cookies.filter(
        (kept) => kept.host !== host || kept.name !== name || kept.path !== path,
      );
      const over = maxAge === 0 || (expires && expires.getTime() <= Date.now());
      if (!over) this.cookies.push({ host, name, path, secure, value: value ?? '' });
    }
  }
}
