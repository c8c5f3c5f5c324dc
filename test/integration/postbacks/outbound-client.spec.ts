import { once } from 'node:events';
import { createServer as createHttpServer, type Server, type ServerResponse } from 'node:http';
import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askNameServers, type Resolve } from '../../../src/postbacks/delivery/name-resolution.js';
import { OutboundClient } from '../../../src/postbacks/delivery/outbound-client.js';
import { sendBy } from './outbound-send.js';

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
  const send = (to: OutboundClient, url: string) => sendBy(to, { ...GET, url });

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

  describe('A09 connections', () => {
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

  describe('A09 failures', () => {
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

    it('of one name server delay no other look-up, and no other work', async () => {
      const silent = createSocket('udp4');
      silent.bind(0, '127.0.0.1');
      await once(silent, 'listening');
      const servers = [`127.0.0.1:${silent.address().port}`];
      const ends = Array.from({ length: 32 }, (_, index) =>
        askNameServers(`n${index}.example`, servers).catch((error: Error) => error.message),
      );
      await once(silent, 'message');
      const started = performance.now();
      await Promise.all(Array.from({ length: 8 }, () => readFile(import.meta.filename)));
      expect(performance.now() - started).toBeLessThan(1_000);
      silent.close();
      expect(new Set(await Promise.all(ends))).toEqual(new Set(['host_not_found']));
    });
  });
});
