import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Arrivals } from './arrivals.js';

export interface SinkRequest {
  method: string;
  /** Path and query as sent. */
  target: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  receivedAt: Date;
}

/** An answer, at once or when `until` has come; `hang` never answers, `reset` cuts the connection. */
export type SinkAnswer =
  | {
      status: number;
      headers?: Record<string, string>;
      body?: string;
      delayMs?: number;
      until?: Promise<unknown>;
    }
  | 'hang'
  | 'reset';

export interface SinkServer {
  /** Origin, without a trailing slash. */
  url: string;
  /** `host:port`, for OUTBOUND_ALLOW. */
  address: string;
  port: number;
  /** Requests so far, in the order of arrival. */
  requests: SinkRequest[];
  /** Sets how requests are answered from now on; 200 with an empty body until then. */
  answer(answer: SinkAnswer | ((request: SinkRequest) => SinkAnswer)): void;
  /** Resolves to the first request that fits, as soon as it is there. */
  waitFor(fits: (request: SinkRequest) => boolean, timeoutMs?: number): Promise<SinkRequest>;
  /** Resolves to all requests once there are at least `count`. */
  waitForCount(count: number, timeoutMs?: number): Promise<SinkRequest[]>;
  stop(): Promise<void>;
}

/** Starts a real HTTP server on a loopback port (a free one by default) that records what it is sent. */
export async function startSinkServer(port = 0): Promise<SinkServer> {
  const arrivals = new Arrivals<SinkRequest>();
  let decide: (request: SinkRequest) => SinkAnswer = () => ({ status: 200 });
  const server = createServer((request, response) => {
    readRequest(request).then(
      (received) => {
        const answer = decide(received);
        arrivals.add(received);
        void give(answer, response);
      },
      () => response.destroy(),
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${address}`,
    address,
    port: (server.address() as AddressInfo).port,
    requests: arrivals.items,
    answer: (answer) => (decide = typeof answer === 'function' ? answer : () => answer),
    waitFor: (fits, timeoutMs) => arrivals.waitFor(fits, timeoutMs),
    waitForCount: (count, timeoutMs) => arrivals.waitForCount(count, timeoutMs),
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function readRequest(request: IncomingMessage): Promise<SinkRequest> {
  const target = request.url ?? '/';
  const { pathname, searchParams } = new URL(target, 'http://sink');
  return {
    method: request.method ?? 'GET',
    target,
    path: pathname,
    query: searchParams,
    headers: request.headers,
    body: await text(request),
    receivedAt: new Date(),
  };
}

async function give(answer: SinkAnswer, response: ServerResponse): Promise<void> {
  if (answer === 'hang') return;
  if (answer === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  await answer.until;
  setTimeout(() => {
    response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
  }, answer.delayMs ?? 0);
}
