import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request as forward, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

export interface S3Request {
  method: string;
  /** Path and query as sent. */
  target: string;
  authorization: string | undefined;
}

/**
 * How a request is answered: passed on to the store, by 503 SlowDown as S3 asks for patience, or passed on and cut
 * off in the middle of the body.
 */
export type S3Answer = 'pass' | 'slow-down' | 'truncate';

export interface S3Server {
  /** Environment variables of an application that keeps its files here. */
  env: Record<string, string>;
  /** Requests so far, in the order of arrival. */
  requests: S3Request[];
  /** Sets how requests are answered from now on; `pass` until then. */
  answer(decide: (request: S3Request) => S3Answer): void;
  stop(): Promise<void>;
}

const EMULATOR = new URL('./s3-emulator.mjs', import.meta.url);
const BUCKET = 'tributary-files';
const SLOW_DOWN =
  '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>';

/**
 * Starts an S3-compatible store on loopback: an emulator, and before it a gate that turns unsigned requests away
 * and answers faults.
 */
export async function startS3Server(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-s3-'));
  const store = new Worker(EMULATOR, { workerData: { folder, bucket: BUCKET } });
  const [storePort] = (await once(store, 'message')) as [number];
  const requests: S3Request[] = [];
  let decide: (request: S3Request) => S3Answer = () => 'pass';
  const gate = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    const seen = { method, target: url, authorization: headers.authorization };
    requests.push(seen);
    if (!isSigned(headers.authorization)) return refuse(request, response, 403);
    const answer = decide(seen);
    if (answer === 'slow-down') return refuse(request, response, 503);
    pass(request, response, storePort, answer === 'truncate');
  });
  gate.listen(0, '127.0.0.1');
  await once(gate, 'listening');
  return {
    env: {
      S3_ENDPOINT: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`,
      S3_BUCKET: BUCKET,
      S3_REGION: 'eu-central-1',
      S3_ACCESS_KEY_ID: 'AKIDTRIBUTARY',
      S3_SECRET_ACCESS_KEY: 'secret of the store',
      S3_PATH_STYLE: 'on',
    },
    requests,
    answer: (answer) => (decide = answer),
    stop: async () => {
      gate.close();
      gate.closeAllConnections();
      await store.terminate();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Signature version 4 of our key, for our region. */
function isSigned(authorization = ''): boolean {
  return /^AWS4-HMAC-SHA256 Credential=AKIDTRIBUTARY\/\d{8}\/eu-central-1\/s3\/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$/.test(
    authorization,
  );
}

function refuse(request: IncomingMessage, response: ServerResponse, status: 403 | 503): void {
  request.resume();
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(status === 503 ? SLOW_DOWN : undefined);
}

function pass(request: IncomingMessage, response: ServerResponse, port: number, truncate: boolean): void {
  const { method, url, headers } = request;
  const onward = forward({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode!, answer.headers);
    if (truncate) {
      answer.once('data', (chunk: Buffer) => {
        response.write(chunk.subarray(0, chunk.length / 2), () => response.destroy());
        onward.destroy();
      });
    } else answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}
