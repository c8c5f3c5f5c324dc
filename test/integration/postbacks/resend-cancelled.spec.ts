import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Ids } from '../../../src/platform/index.js';
import { body, joinAsPartner, type Person } from '../../support/journey.js';
import { type SinkServer, startSinkServer } from '../../support/sink-server.js';
import { PostbackScene } from './scene.js';

interface Resent {
  count: number;
  more: boolean;
}

describe('B04 sending again what was cancelled before it was tried', () => {
  let scene: PostbackScene;
  let sink: SinkServer;
  let stranger: Person;

  beforeAll(async () => {
    sink = await startSinkServer();
    scene = await PostbackScene.open([sink.address]);
    stranger = await joinAsPartner(scene.app, scene.operator, 'other@partners.example');
  });
  afterEach(async () => {
    sink.answer({ status: 200 });
    await scene.clear();
    await scene.app.db.query('DELETE FROM postback_log');
  });
  afterAll(async () => {
    await scene.close();
    await sink.stop();
  });

  const resend = async (filter: object = {}, person = scene.partner): Promise<Resent> =>
    body<Resent>(await person.post('partner/postback-log/resend', filter), 200);
  const count = async (filter: object = {}, person = scene.partner): Promise<number> =>
    (await resend({ dryRun: true, ...filter }, person)).count;
  const heard = (before: number): string[] =>
    sink.requests
      .slice(before)
      .map(({ query }) => query.get('id')!)
      .sort();

  /** Deliveries made now and cancelled without an attempt; gives the ids of their events. */
  const cancelled = async (postbackId: string, number: number): Promise<string[]> => {
    const { app, partnerId, autumn } = scene;
    const ids = Array.from({ length: number }, () => app.app.get(Ids).next());
    const events = ids.map(() => randomUUID());
    await app.db.query(
      `INSERT INTO postback_deliveries (id, postback_id, owner_id, event_id, kind, action, campaign_id, promo_id, method,
                                        url, created_at, given_up, given_up_at)
       SELECT id, $1, $2, event_id, 'event', 'first_deposit', $3, $4, 'GET', $5 || event_id, $6, 'cancelled', $6
         FROM unnest($7::uuid[], $8::uuid[]) AS made (id, event_id)`,
      [
        postbackId,
        partnerId,
        autumn.id,
        autumn.promos[0]!.id,
        `${sink.url}/late?id=`,
        app.clock.now(),
        ids,
        events,
      ],
    );
    return events.sort();
  };
  const postback = async (): Promise<string> => (await scene.postback(`${sink.url}/late?id=\${event_id}`)).id;

  it('takes all of what a tracker lost that answered 410, when its postback is active again', async () => {
    sink.answer({ status: 410 });
    const id = await postback();
    await scene.happenTimes(500);
    await scene.engine.drain();
    expect(await scene.show(id)).toMatchObject({ state: 'disabled', disabledReason: 'gone' });
    const tried = await scene.app.db.query<object[]>('SELECT DISTINCT delivery_id FROM postback_log');
    expect(tried.length).toBeLessThan(500);
    expect(await count()).toBe(0);
    body(await scene.partner.patch(`partner/postbacks/${id}`, { state: 'active' }), 200);
    sink.answer({ status: 200 });
    const before = sink.requests.length;
    expect(await count()).toBe(500);
    expect(await resend()).toMatchObject({ count: 500, more: false });
    await scene.engine.drain();
    expect(new Set(heard(before)).size).toBe(500);
    expect(sink.requests.length - before).toBe(500);
  });

  it('sends each event once: a second time there is nothing left', async () => {
    const events = await cancelled(await postback(), 3);
    const before = sink.requests.length;
    const answers = await Promise.all([resend(), resend(), resend()]);
    expect(answers.reduce((sum, answer) => sum + answer.count, 0)).toBe(3);
    await scene.engine.drain();
    expect(heard(before)).toEqual(events);
    expect(await resend()).toMatchObject({ count: 0, more: false });
  });

  it('takes the filters of the log; its times are those of the deliveries, and it has no answers', async () => {
    const id = await postback();
    await cancelled(id, 2);
    expect(await count()).toBe(2);
    expect(await count({ action: 'first_deposit', postbackId: id, url: '/LATE?' })).toBe(2);
    expect(await count({ campaignName: 'umn', promoCode: scene.autumn.promos[0]!.code })).toBe(2);
    expect(await count({ from: '2026-11-02', to: '2026-11-02' })).toBe(2);
    expect(await count({ action: 'deposit' })).toBe(0);
    expect(await count({ campaignId: scene.winter.id })).toBe(0);
    expect(await count({ to: '2026-11-01' })).toBe(0);
    expect(await count({ responseCode: 500 })).toBe(0);
    expect(await count({}, await stranger.signInAgain())).toBe(0);
  });

  it('leaves out what was tried: of that the log tells', async () => {
    await postback();
    await scene.happen();
    await scene.engine.drain();
    // A call that ended well while its postback was disabled.
    await scene.app.db.query(`UPDATE postback_deliveries SET given_up = 'cancelled', given_up_at = now()`);
    expect(await count()).toBe(0);
  });

  it('goes on in the background where they are many', async () => {
    const events = await cancelled(await postback(), 1_500);
    const before = sink.requests.length;
    expect(await count()).toBe(1_500);
    expect(await resend()).toMatchObject({ count: 1_000, more: true });
    await sink.waitForCount(before + 1_500);
    expect(heard(before)).toEqual(events);
  });

  it('finds them by an index, however many deliveries there are', async () => {
    const plan = await scene.app.db.transaction(async (tx) => {
      await tx.query('SET LOCAL enable_seqscan = off');
      return tx.query<object[]>(
        `EXPLAIN SELECT id FROM postback_deliveries
          WHERE owner_id = $1 AND kind = 'event' AND given_up = 'cancelled' AND postback_id IS NOT NULL
          ORDER BY id DESC LIMIT 10`,
        [scene.partnerId],
      );
    });
    expect(JSON.stringify(plan)).toContain('postback_deliveries_cancelled');
  });
});
