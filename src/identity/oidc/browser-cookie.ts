import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * The cookie that binds the way to another site and back to the browser that began it. `Lax`, so that it comes along when the
 * provider sends the browser back; `__Host-` (RFC 6265bis), so that no other host can set it, where there is https.
 */
export class BrowserCookie {
  private readonly secure: boolean;
  private readonly name: string;

  /** @param publicUrl origin under which browsers reach the program */
  constructor(publicUrl: string, name: string) {
    this.secure = publicUrl.startsWith('https:');
    this.name = this.secure ? `__Host-${name}` : name;
  }

  /** The secret that the browser sends; empty without one. */
  read(request: FastifyRequest): string {
    return parseCookie(request.headers.cookie ?? '')[this.name] ?? '';
  }

  /** Has the browser keep a secret for so many seconds; 0 makes it forget. */
  write(reply: FastifyReply, value: string, maxAge: number): void {
    const { name, secure } = this;
    const cookie = { name, value, maxAge, path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
    void reply.header('set-cookie', stringifySetCookie(cookie));
  }
}
