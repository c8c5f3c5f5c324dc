import { createHmac, randomUUID } from 'node:crypto';

/** Talks to the program as its users do, over HTTP. */
export class DemoClient {
  constructor(
    readonly origin: string,
    private readonly token: string | null = null,
  ) {}

  /** Signs in and gives the client of that person. */
  async signIn(email: string, password: string, otp?: string): Promise<DemoClient> {
    const { accessToken } = await this.post<{ accessToken: string }>('auth/login', { email, password, otp });
    return new DemoClient(this.origin, accessToken);
  }

  get<T>(path: string): Promise<T> {
    return this.send('GET', `/api/v1/${path}`, {});
  }

  post<T = unknown>(path: string, payload: object = {}): Promise<T> {
    return this.send('POST', `/api/v1/${path}`, { 'idempotency-key': randomUUID() }, JSON.stringify(payload));
  }

  /** Posts a form with a file. */
  upload<T>(path: string, fileName: string, content: Buffer): Promise<T> {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(content)]), fileName);
    return this.send('POST', `/api/v1/${path}`, { 'idempotency-key': randomUUID() }, form);
  }

  /** Posts a batch as a brand's server, signed. */
  sync(
    what: 'players' | 'activity' | 'orders',
    key: { authKey: string; secret: string },
    batch: object,
  ): Promise<unknown> {
    const body = JSON.stringify(batch);
    const sign = createHmac('sha512', key.secret).update(body).digest('hex');
    const headers = { 'x-authorization-key': key.authKey, 'x-authorization-sign': sign };
    return this.send('POST', `/api/sync/v1/${what}`, headers, body);
  }

  /**
   * Follows a tracking link as a visitor does, up to the redirect, and gives the visit's id.
   * @param release of the visitor's browser: at one address it is what tells people apart
   */
  async click(code: string, query: string, release: number): Promise<string> {
    const browser = `Mozilla/5.0 (X11; Linux x86_64; rv:${release}.0) Gecko/20100101 Firefox/${release}.0`;
    const response = await fetch(`${this.origin}/r/${code}?${query}`, {
      redirect: 'manual',
      headers: { 'user-agent': browser },
    });
    const location = response.headers.get('location');
    if (!location) throw new Error(`The click on ${code} was answered with ${response.status}`);
    return new URL(location).searchParams.get('tag')!;
  }

  private async send<T>(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string | FormData,
  ): Promise<T> {
    const response = await fetch(this.origin + path, {
      method,
      headers: {
        ...headers,
        ...(typeof body === 'string' && { 'content-type': 'application/json' }),
        ...(this.token !== null && { authorization: `Bearer ${this.token}` }),
      },
      ...(body !== undefined && { body }),
    });
    const answer = await response.text();
    if (!response.ok)
      throw new Error(`The demo program failed at ${method} ${path}: ${response.status} ${answer}`);
    return JSON.parse(answer) as T;
  }
}
