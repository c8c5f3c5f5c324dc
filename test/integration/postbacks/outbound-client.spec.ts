import { once } from 'node:events';
import { createServer as createHttpServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OutboundClient, type Resolve } from '../../../src/postbacks/delivery/outbound-client.js';

const PUBLIC = '93.184.216.34';
const GET = { method: 'GET', headers: { 'accept-encoding': 'identity' }, body: null } as const;

describe('calls to addresses that strangers chose', () => {
  const clients: OutboundClient[] = [];
  let canary: Server;
  let knocks = 0;
  let port: number;
  let server: Server;
  let address: string;
  let respond: (response: ServerResponse) => void;

  const client = (allow: readonly string[] = [], resolve?: Resolve, limits = {}): OutboundClient => {
    const made = new OutboundClient(allow, resolve, { connectMs: 500, totalMs: 1_000, ...limits });
    clients.push(made);
    return made;
  };
  const send = (to: OutboundClient, url: string) => to.send({ ...GET, url });

  beforeAll(async () => {
    canary = createHttpServer((_request, response) => response.end('secret'));
    canary.on('connection', () => (knocks += 1));
    canary.listen(0, '::');
    server = createHttpServer((_request, response) => respond(response));
    server.listen(0, '127.0.0.1');
    await Promise.all([once(canary, 'listening'), once(server, 'listening')]);
    port = (canary.address() as AddressInfo).port;
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await Promise.all(clients.map((each) => each.close()));
    for (const each of [canary, server]) {
      each.closeAllConnections();
      each.close();
    }
  });

  describe('A09 connections inside', () => {
    it.each([
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '017700000001',
      '127.0.0.1.',
      '①②⑦.⓪.⓪.①',
      '127。0。0。1',
      '%31%32%37.0.0.1',
      '0',
      '0.0.0.0',
      '[::]',
      '[::1]',
      '[::ffff:7f00:1]',
      '[::ffff:127.0.0.1]',
      '[::127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
      'localhost',
      'a.localhost',
    ])('to %s are refused', async (host) => {
      const result = await send(client(), `http://${host}:${port}/`);
      expect(result).toMatchObject({ status: null, error: 'address_refused' });
      expect(knocks).toBe(0);
    });

    it.each([
      ['private', ['127.0.0.1']],
      ['mixed, private first', ['127.0.0.1', PUBLIC]],
      ['mixed, private last', [PUBLIC, '10.0.0.1']],
      ['public A with ::1', [PUBLIC, '::1']],
      ['mapped', ['::ffff:127.0.0.1']],
      ['metadata', ['169.254.169.254']],
      ['translated', ['64:ff9b::7f00:1']],
    ])('of a name whose addresses are %s are refused', async (_what, addresses) => {
      const resolve = () => Promise.resolve(addresses);
      const result = await send(client([], resolve), `http://name.example:${port}/`);
      expect(result).toMatchObject({ status: null, error: 'address_refused' });
      expect(knocks).toBe(0);
    });

    it('of a name that was public when it was saved and is private when it is called are refused', async () => {
      const answers = [[PUBLIC], ['127.0.0.1']];
      const rebinding = client([], () => Promise.resolve(answers.shift()!));
      const endpoint = { host: 'rebind.example', port };
      expect(await rebinding.refusal(endpoint)).toBeNull();
      expect(await send(rebinding, `http://rebind.example:${port}/`)).toMatchObject({
        error: 'address_refused',
      });
      expect(knocks).toBe(0);
    });

    it('are refused with https as well', async () => {
      const resolve = () => Promise.resolve(['127.0.0.1']);
      expect(await send(client([], resolve), `https://name.example:${port}/`)).toMatchObject({
        error: 'address_refused',
      });
      expect(await send(client(), `https://127.0.0.1:${port}/`)).toMatchObject({ error: 'address_refused' });
      expect(knocks).toBe(0);
    });

    it('are pinned: the address that was checked is the one that is connected to', async () => {
      respond = (response) => response.end();
      const asked: string[] = [];
      // Open by its name, so that the test can have a server; a second look-up would lead to the canary's nowhere.
      const serverPort = (server.address() as AddressInfo).port;
      const pinned = client([`pinned.example:${serverPort}`], (host) => {
        asked.push(host);
        return Promise.resolve(['127.0.0.1']);
      });
      expect(await send(pinned, `http://pinned.example:${serverPort}/`)).toMatchObject({ status: 200 });
      expect(asked).toEqual(['pinned.example']);
    });

    it('are not made by following a redirect', async () => {
      respond = (response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end();
      expect(await send(client([address]), `http://${address}/`)).toMatchObject({ status: 302 });
      expect(knocks).toBe(0);
    });

    it('are open for exactly the listed host and port', async () => {
      respond = (response) => response.end();
      expect(await send(client([address]), `http://${address}/`)).toMatchObject({ status: 200 });
      expect(await send(client([address]), `http://127.0.0.1:${port}/`)).toMatchObject({
        error: 'address_refused',
      });
      expect(knocks).toBe(0);
    });
  });

  describe('A09 limits', () => {
    it('cut an endless body at 128 KiB, in flat memory', async () => {
      let written = 0;
      respond = (response) => {
        const chunk = Buffer.alloc(64 * 1_024);
        const pour = () => {
          while (!response.destroyed && written < 1_000_000_000) {
            written += chunk.length;
            if (!response.write(chunk)) return void response.once('drain', pour);
          }
        };
        pour();
      };
      const before = process.memoryUsage().rss;
      expect(await send(client([address]), `http://${address}/`)).toMatchObject({ status: 200, error: null });
      expect(written).toBeLessThan(50_000_000);
      expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1_024 * 1_024);
    });

    it('do not unpack an answer', async () => {
      const bomb = gzipSync(Buffer.alloc(50_000_000));
      respond = (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
      const before = process.memoryUsage().arrayBuffers;
      expect(await send(client([address]), `http://${address}/`)).toMatchObject({ status: 200 });
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    });

    it('end a body that drips; the status counts', async () => {
      respond = (response) => {
        const timer = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(timer));
      };
      const result = await send(client([address]), `http://${address}/`);
      expect(result).toMatchObject({ status: 200 });
      expect(result.durationMs).toBeLessThan(2_000);
    });

    it('end headers that drip, and silence', async () => {
      const dripping = createTcpServer((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const timer = setInterval(() => socket.write('x-a: b\r\n'), 50);
        socket.on('close', () => clearInterval(timer)).on('error', () => undefined);
      }).listen(0, '127.0.0.1');
      await once(dripping, 'listening');
      const slow = `127.0.0.1:${(dripping.address() as AddressInfo).port}`;
      respond = () => undefined;
      const calls = [send(client([slow]), `http://${slow}/`), send(client([address]), `http://${address}/`)];
      for (const result of await Promise.all(calls)) {
        expect(result).toMatchObject({ status: null, error: 'timeout' });
        expect(result.durationMs).toBeLessThan(2_000);
      }
      dripping.close();
    });

    it('name what went wrong', async () => {
      const nowhere = () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
      const silence = () => new Promise<string[]>(() => undefined);
      const closed = createTcpServer().listen(0, '127.0.0.1');
      await once(closed, 'listening');
      const shut = `127.0.0.1:${(closed.address() as AddressInfo).port}`;
      closed.close();
      await once(closed, 'close');
      const errors = await Promise.all([
        send(client([], nowhere), 'http://name.example/'),
        send(client([], silence), 'http://name.example/'),
        send(client([shut]), `http://${shut}/`),
        send(client([address]), `https://${address}/`),
      ]);
      expect(errors.map(({ error }) => error)).toEqual([
        'host_not_found',
        'connect_timeout',
        'connection_refused',
        'tls_error',
      ]);
    });
  });
});
