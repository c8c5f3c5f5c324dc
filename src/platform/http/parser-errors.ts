import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Problem } from './problem.dto.js';

interface Meaning {
  status: number;
  code: string;
  detail: string;
}

const MALFORMED: Meaning = { status: 400, code: 'MALFORMED_REQUEST', detail: 'This is not an HTTP request.' };

/** What the errors of Node's HTTP server mean to the client. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'REQUEST_TIMEOUT',
    detail: 'The request did not arrive in time.',
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'HEADERS_TOO_LARGE',
    detail: 'The address and the header fields are too long.',
  },
};

/** The answer that is being sent on a connection; Node keeps it under this name and its own handler asks it too. */
interface Busy {
  _httpMessage?: { headersSent: boolean } | null;
}

/**
 * Answers with a problem what Node's HTTP parser could not read, and closes the connection. There is no request then,
 * so this is written to the bare connection; not into the middle of an earlier answer, though.
 */
export function answerParserError(error: NodeJS.ErrnoException, socket: Socket, requestId: string): void {
  const busy = (socket as Busy)._httpMessage?.headersSent ?? false;
  if (socket.writable && error.code !== 'ECONNRESET' && !busy) {
    socket.end(answer(MEANINGS[error.code ?? ''] ?? MALFORMED, requestId));
  }
  socket.destroySoon();
}

function answer({ status, code, detail }: Meaning, requestId: string): string {
  const title = STATUS_CODES[status]!;
  const problem: Problem = {
    type: 'about:blank',
    title,
    status,
    detail,
    instance: '',
    code,
    errors: [],
    requestId,
  };
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${status} ${title}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `X-Request-Id: ${requestId}`,
    '',
    body,
  ].join('\r\n');
}
