import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Resolve } from '../../../src/postbacks/delivery/name-resolution.js';
import { OutboundClient } from '../../../src/postbacks/delivery/outbound-client.js';
import { sendBy } from './outbound-send.js';
import { disguisedUrls, FOREIGN_URLS, INSIDE_ANSWERS, INSIDE_HOSTS } from '../../support/inside-addresses.js';
import { body } from '../../support/journey.js';
import { PostbackScene } from './scene.js';

const PUBLIC = '93.184.216.34';

interface ProblemBody {
  code: string;
  errors: { path: string; message: string }[];
}

describe('A09 what lies inside', () => {
  const clients: OutboundClient[] = [];
  let canary: Server;
  let port: number;
  let knocks = 0;

  const client = (resolve?: Resolve): OutboundClient => {
    const made = new OutboundClient([], resolve, { connectMs: 500, totalMs: 1_000 });
    clients.push(made);
    return made;
  };
  const call = (url: string, resolve?: Resolve) =>
    sendBy(client(resolve), { method: 'GET', headers: {}, body: null, url });

  beforeAll(async () => {
    // Listens on every address of this machine, of both families.
    canary = createServer((socket) => {
      knocks += 1;
      socket.destroy();
    }).listen(0, '::');
    await once(canary, 'listening');
    port = (canary.address() as AddressInfo).port;
  });
  afterEach(() => expect(knocks).toBe(0));
  afterAll(async () => {
    await Promise.all(clients.map((each) => each.close()));
    canary.close();
  });

  describe('is refused when a postback is saved or changed', () => {
    let scene: PostbackScene;
    let savedId: string;

    beforeAll(async () => {
      scene = await PostbackScene.open([]);
      savedId = (await scene.postback('https://t.example/')).id;
    });
    afterAll(() => scene.close());

    const refused = async (url: string): Promise<ProblemBody> => {
      const input = { scope: 'account', action: 'deposit', url };
      const made = body<ProblemBody>(await scene.partner.post('partner/postbacks', input), 422);
      const changed = body<ProblemBody>(
        await scene.partner.patch(`partner/postbacks/${savedId}`, { url }),
        422,
      );
      expect(changed.code).toBe(made.code);
      return made;
    };

    it.each(INSIDE_HOSTS)('%s', async (host) => {
      const problem = await refused(`http://${host}:${port}/?a=1`);
      expect(problem.code).toBe('POSTBACK_ADDRESS_REFUSED');
      expect(problem.errors).toEqual([
        { path: 'url', message: expect.stringMatching(/leads to a special address .*only public addresses/) },
      ]);
    });

    it('behind a URL that hides where it leads, and by other protocols', async () => {
      for (const url of [...disguisedUrls(port), ...FOREIGN_URLS]) {
        const problem = await refused(url);
        expect([url, problem.code]).toEqual([url, 'POSTBACK_TEMPLATE_INVALID']);
        expect(problem.errors.every(({ path, message }) => path === 'url' && message !== '')).toBe(true);
      }
    });
  });

  describe('is not connected to', () => {
    const refused = { status: null, error: 'address_refused' };

    it.each(INSIDE_HOSTS)('%s', async (host) => {
      expect(await call(`http://${host}:${port}/`)).toMatchObject(refused);
    });

    it('by https either', async () => {
      expect(await call(`https://127.0.0.1:${port}/`)).toMatchObject(refused);
      const inside = () => Promise.resolve(['127.0.0.1']);
      expect(await call(`https://name.example:${port}/`, inside)).toMatchObject(refused);
    });

    it('behind a URL that hides where it leads, or by other protocols', async () => {
      for (const url of disguisedUrls(port)) expect(await call(url)).toMatchObject(refused);
      for (const url of FOREIGN_URLS.slice(1)) {
        expect(await call(url)).toMatchObject({ status: null, error: 'protocol_error' });
      }
    });

    it.each(INSIDE_ANSWERS)('by a name whose addresses are %s', async (_what, addresses) => {
      const answer = () => Promise.resolve(addresses);
      expect(await call(`http://name.example:${port}/`, answer)).toMatchObject(refused);
    });

    it('by a name that was public when it was saved and is private when it is called', async () => {
      const answers = [[PUBLIC], ['127.0.0.1']];
      const rebinding = client(() => Promise.resolve(answers.shift()!));
      expect(await rebinding.refusal({ host: 'rebind.example', port })).toBeNull();
      const url = `http://rebind.example:${port}/`;
      expect(await sendBy(rebinding, { method: 'GET', headers: {}, body: null, url })).toMatchObject(refused);
    });
  });
});
