import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { answerParserError } from './parser-errors.js';

let server: Server;
afterEach(() => server.close());

/** Sends the text to a server that waits 20 ms for a request, and gives all that it answers. */
async function answerTo(
  text: string,
  listener: RequestListener = (_request, response) => response.end('ok'),
) {
  const patience = { headersTimeout: 20, requestTimeout: 20, connectionsCheckingInterval: 5 };
  server = createServer(patience, listener);
  server.on('clientError', (error, socket) => answerParserError(error, socket as never, 'request-1'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString()));
  socket.on('error', () => undefined);
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

describe('what the HTTP parser cannot read', () => {
  it.each([
    ['no HTTP at all', 'HELLO\r\n\r\n', 400, 'MALFORMED_REQUEST'],
    ['a request that does not go on', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Le', 408, 'REQUEST_TIMEOUT'],
    ['header fields without end', `GET / HTTP/1.1\r\nX: ${'y'.repeat(20_000)}`, 431, 'HEADERS_TOO_LARGE'],
  ])('%s', async (_what, text, status, code) => {
    const answer = await answerTo(text);
    const [head, body] = answer.split('\r\n\r\n') as [string, string];
    expect(head).toMatch(
      new RegExp(`^HTTP/1.1 ${status} .*\r\nConnection: close\r\nContent-Type: application/problem`),
    );
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}\r\n`);
    expect(JSON.parse(body)).toMatchObject({ status, code, requestId: 'request-1' });
  });

  it('is not answered into the middle of another answer', async () => {
    const answer = await answerTo('GET / HTTP/1.1\r\nHost: x\r\n\r\nHELLO\r\n\r\n', (_request, response) => {
      response.write('the first half');
    });
    expect(answer).toContain('the first half');
    expect(answer).not.toContain('problem+json');
  });
});
