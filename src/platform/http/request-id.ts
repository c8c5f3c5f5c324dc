import type { IncomingMessage } from 'node:http';

/** A client's request id (`X-Request-Id`), when it is a harmless one. */
export function requestIdOf(request: IncomingMessage): string | undefined {
  const id = request.headers['x-request-id'];
  return typeof id === 'string' && /^[A-Za-z0-9._:-]{1,100}$/.test(id) ? id : undefined;
}
