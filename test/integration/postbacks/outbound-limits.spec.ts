import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutboundResult } from '../../../src/postbacks/delivery/outbound-call.js';
import { OutboundClient } from '../../../src/postbacks/delivery/outbound-client.js';
import { sendBy } from './outbound-send.js';
import { memoryInUse } from '../../support/memory.js';

const MIB = 1_024 * 1_024;
const TOTAL_MS = 700;
const OK = 'HTTP/1.1 200 OK\r\n';

describe('A09 an answer', () => {
  let server: Server;
  let client: OutboundClient;
  let url: string;
  let answer: (socket: Socket) => void;
  let writtenBytes: number;

  beforeEach(async () => {
    writtenBytes = 0;
    server = createServer((socket) => {
      socket.on('error', () => undefined).once('data', () => answer(socket));
      socket.on('close', () => (writtenBytes += socket.bytesWritten));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    url = `http://${address}/`;
    client = new OutboundClient([address], undefined, { connectMs: 500, totalMs: TOTAL_MS });
  });
  afterEach(async () => {
    await client.close();
    server.close();
    await once(server, 'close');
  });

  /** Four calls at once; none of them lasts longer than it may, and memory stays as it is, meanwhile too. */
  async function fourCalls(): Promise<OutboundResult[]> {
    const before = memoryInUse();
    const peak = { arrayBuffers: 0, rss: 0 };
    const sampling = setInterval(() => {
      const { arrayBuffers, rss } = process.memoryUsage();
      peak.arrayBuffers = Math.max(peak.arrayBuffers, arrayBuffers);
      peak.rss = Math.max(peak.rss, rss);
    }, 1);
    const call = () => sendBy(client, { method: 'GET', url, headers: {}, body: null });
    const results = await Promise.all([call(), call(), call(), call()]);
    clearInterval(sampling);
    const after = memoryInUse();
    expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(8 * MIB);
    expect(peak.arrayBuffers - before.arrayBuffers).toBeLessThan(32 * MIB);
    expect(peak.rss - before.rss).toBeLessThan(64 * MIB);
    for (const { durationMs } of results) expect(durationMs).toBeLessThan(TOTAL_MS + 500);
    return results;
  }

  /** Writes the chunk until the caller has had enough. */
  function pour(socket: Socket, chunk: string | Buffer): void {
    while (!socket.destroyed && socket.write(chunk));
    if (!socket.destroyed) socket.once('drain', () => pour(socket, chunk));
  }

  /** Writes the chunk every few milliseconds. */
  function drip(socket: Socket, chunk: string): void {
    const timer = setInterval(() => socket.write(chunk), 20);
    socket.on('close', () => clearInterval(timer));
  }

  const taken = { status: 200, error: null };
  const timedOut = { status: null, error: 'timeout' };

  it.each([
    ['of a gigabyte', `content-length: 1000000000\r\n\r\n`],
    ['without an end', '\r\n'],
  ])('%s is read to 128 KiB', async (_what, head) => {
    answer = (socket) => {
      socket.write(OK + head);
      pour(socket, Buffer.alloc(64 * 1_024));
    };
    for (const result of await fourCalls()) expect(result).toMatchObject(taken);
    await client.close();
    // What was on its way in the buffers of both ends, and no more.
    expect(writtenBytes).toBeLessThan(4 * 16 * MIB);
  });

  it('that is a gzip bomb is not unpacked', async () => {
    const zeros = Array.from({ length: 100 }, () => Buffer.alloc(MIB));
    const bomb = await buffer(Readable.from(zeros).pipe(createGzip()));
    expect(bomb.length).toBeLessThan(128 * 1_024);
    answer = (socket) => {
      socket.write(`${OK}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`);
      socket.write(bomb);
    };
    for (const result of await fourCalls()) expect(result).toMatchObject(taken);
  });

  it('that drips ends with the time, and counts by its status', async () => {
    answer = (socket) => {
      socket.write(`${OK}content-length: 1000\r\n\r\n`);
      drip(socket, 'x');
    };
    for (const result of await fourCalls()) expect(result).toMatchObject(taken);
  });

  it('whose head drips ends with the time', async () => {
    answer = (socket) => {
      socket.write(OK);
      drip(socket, 'x-a: b\r\n');
    };
    for (const result of await fourCalls()) expect(result).toMatchObject(timedOut);
  });

  it('that never comes ends with the time', async () => {
    answer = () => undefined;
    for (const result of await fourCalls()) expect(result).toMatchObject(timedOut);
  });

  it('with a flood of headers is cut', async () => {
    answer = (socket) => {
      socket.write(OK);
      pour(socket, `x-flood: ${'x'.repeat(1_000)}\r\n`);
    };
    for (const result of await fourCalls()) {
      expect(result).toMatchObject({ status: null, error: 'protocol_error' });
    }
    await client.close();
    expect(writtenBytes).toBeLessThan(4 * 16 * MIB);
  });

  it('after a flood of interim ones is not waited for longer than others', async () => {
    answer = (socket) => drip(socket, 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(50));
    for (const result of await fourCalls()) expect(result).toMatchObject(timedOut);
  });

  it('that is no HTTP is named so', async () => {
    answer = (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n');
    for (const result of await fourCalls()) {
      expect(result).toMatchObject({ status: null, error: 'protocol_error' });
    }
  });
});
