import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdScene } from '../integration/partner-management/ad-scene.js';
import {
  draft,
  inSeconds,
  MESSAGE,
  shown,
  submit,
} from '../integration/partner-management/broadcast-scene.js';
import { channelPartner } from '../integration/partner-management/channel-scene.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { body, joinAsPartner, PASSWORD, type Person, signIn } from '../support/journey.js';

interface Waiting {
  id: string;
  email: string;
}

describe('O01 O02 O03 O04 O06 O07 O08 B11 an operator’s day', () => {
  let app: TestApp;
  let operator: Person;

  beforeAll(async () => {
    app = await createTestApp();
    operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  });
  afterAll(() => app.close());

  const pending = async (kind: string): Promise<Waiting[]> =>
    body<{ items: Waiting[] }>(await operator.get(`operator/${kind}-requests`), 200).items;

  it('approves a partner, rejects another with a reason, gives an add-on, and takes the history home', async () => {
    const ann = await joinAsPartner(app, operator, 'ann@partners.example');
    const form = {
      email: 'eve@partners.example',
      password: PASSWORD,
      name: '=1+1',
      kind: 'creator',
      country: 'FR',
    };
    body(await request(app.url).post('/api/v1/auth/register').send(form), 201);
    const eve = (await pending('partnership')).find(({ email }) => email === form.email)!;
    const description = 'We need a website with content of your own.';
    body(await operator.post(`operator/partnership-requests/${eve.id}/reject`, { description }), 200);
    expect((await app.mailbox(form.email)).at(-1)!.text).toContain(description);
    expect(await pending('partnership')).toEqual([]);

    const offered = {
      name: 'Five more',
      price: { amount: '5.00', currency: 'EUR' },
      limits: { campaigns: 5 },
    };
    const { id: addOnId } = body<{ id: string }>(await operator.post('operator/add-ons', offered), 201);
    body(await ann.post('partner/requests', { type: 'add_on', addOnId }), 201);
    const [asked] = await pending('add-on');
    body(await operator.post(`operator/add-on-requests/${asked!.id}/approve`), 200);

    const { items } = body<{ items: object[] }>(await operator.get('operator/partners?search=ann@'), 200);
    const [{ id }] = items as [{ id: string }];
    expect(body(await operator.get(`operator/partners/${id}`), 200)).toMatchObject({
      packageName: 'Standard',
      addOns: [{ addOnId, name: 'Five more' }],
      contacts: [{ email: ann.email }],
    });
    const history = await operator.get('operator/request-history?format=csv');
    const lines = history.text.trimEnd().split('\r\n').slice(1);
    expect(lines).toHaveLength(3);
    expect(lines.filter((line) => line.includes(",'=1+1,partnership,Standard,"))).toHaveLength(1);
    expect(lines.filter((line) => line.includes(',ann,add_on,Five more,5.00,EUR,approved,'))).toHaveLength(1);
  });

  it('lets a broadcast go beyond the followers, sends an ad back once, and sees what waits', async () => {
    const radio = await channelPartner(app, operator);
    const beyond = { audience: 'end_users', startAt: inSeconds(app, 60) };
    const broadcast = await submit(radio, await draft(radio, beyond));
    const ads = new AdScene(app, operator);
    const ad = await ads.banner(radio.person);
    const submitAd = `partner/ads/${ad.id}/submit`;
    body(await radio.person.post(submitAd), 200);
    const { queues } = body<{ queues: object }>(await operator.get('operator/dashboard'), 200);
    expect(queues).toMatchObject({ broadcastRequests: 1, adRequests: 1, addOnRequests: 0 });

    const [waiting] = await pending('broadcast');
    expect(waiting).toMatchObject({ title: MESSAGE.title, state: 'pending' });
    body(await operator.post(`operator/broadcast-requests/${waiting!.id}/approve`), 200);
    expect(await shown(radio.person, broadcast)).toMatchObject({ state: 'scheduled' });

    const description = 'The picture shows a trademark of somebody else.';
    const first = await ads.requestOf(ad);
    body(await operator.post(`operator/ad-requests/${first}/reject`, { description }), 200);
    expect((await app.mailbox(radio.person.email)).at(-1)!.text).toContain(description);
    body(await radio.person.post(submitAd), 200);
    await ads.approve(ad);
    expect(body(await radio.person.get(`partner/ads/${ad.id}`), 200)).toMatchObject({ state: 'approved' });

    const history = await operator.get('operator/request-history?type=ad&type=broadcast');
    const { items } = body<{ items: { type: string; state: string }[] }>(history, 200);
    expect(items.map(({ type, state }) => `${type} ${state}`)).toEqual([
      'ad approved',
      'ad rejected',
      'broadcast approved',
    ]);
  });
});
