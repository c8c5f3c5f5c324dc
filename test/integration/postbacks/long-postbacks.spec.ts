import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { LongPostbacks1763000000211 } from '../../../migrations/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { DeliveryQueue, type NewDelivery } from '../../../src/postbacks/delivery/delivery-queue.js';
import { body } from '../../support/journey.js';
import type { TrackerScene } from './tracker-scene.js';
import { verdicts, WhyScene } from './why-scene.js';

const MIB = 1_024 * 1_024;
const LONG_LINK = `a=${'x'.repeat(8_000)}`;
/** Filled from that link it would have 33 million characters. */
const TIMES = '${a}'.repeat(4_096);

describe('rule 5.2 a postback that is too long when it is filled', () => {
  let why: WhyScene;
  let at: TrackerScene;

  beforeAll(async () => {
    why = await WhyScene.open([]);
    at = why.at;
  });
  afterEach(() => at.scene.clear());
  afterAll(() => at.close());

  const make = (target: string, change: object = {}) =>
    at.scene.postback(`${at.tracker.url}${target}`, { action: 'registration', ...change });
  const post = (text: string) => ({ method: 'POST', headers: { 'content-type': 'text/plain' }, body: text });
  const registered = async (link: string): Promise<string> => {
    const visit = await at.click(link);
    await at.register(visit);
    await at.settle();
    return visit;
  };
  const heard = (before: number): string[] => at.tracker.requests.slice(before).map(({ path }) => path);

  it.each([
    [
      'url_over_8192_characters',
      'the URL is longer than 8,192 characters',
      `/long?${'x=${a}&'.repeat(200)}`,
      {},
    ],
    ['body_over_16384_bytes', 'the body is longer than 16 KiB', '/long', post(TIMES)],
  ])('is given up alone, and told: %s', async (error, words, target, change) => {
    const { id } = await make(target, change);
    await make('/short?a=1');
    const before = at.tracker.requests.length;
    const visit = await registered(LONG_LINK);
    expect(heard(before)).toEqual(['/short']);

    const [entry, ...more] = await at.scene.log(`?postbackId=${id}`);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ kind: 'event', attempt: 0, responseCode: null, error });
    expect(entry!.url.length).toBeLessThanOrEqual(8_193);
    expect(entry!.url).toContain(`${at.tracker.url}/long`);

    const verdict = verdicts(await why.ofVisit(visit)).find(({ code }) => code === 'too_long');
    expect(verdict).toMatchObject({ delivery: { state: 'failed', attempts: 0, lastAttempt: { error } } });
    expect(verdict!.message).toContain(words);
    expect(await at.scene.show(id)).toMatchObject({ state: 'active', failures: 0 });

    const again = await at.scene.partner.post(`partner/postback-log/${entry!.id}/resend`);
    const refused = body<{ code: string; detail: string }>(again, 409);
    expect(refused.code).toBe('POSTBACK_TOO_LONG');
    expect(refused.detail).toContain(words);
    const all = await at.scene.partner.post('partner/postback-log/resend', { postbackId: id, dryRun: true });
    expect(body(all, 200)).toMatchObject({ count: 0, more: false });
    expect(await at.scene.states()).toEqual({ delivered: 1, failed: 1 });
  });

  it('is told of once, however often its event is', async () => {
    const { id } = await make('/long', post(TIMES));
    const eventId = await at.scene.happen({ action: 'registration', query: { a: 'x'.repeat(8_000) } });
    await at.scene.happen({ action: 'registration', eventId, query: { a: 'x'.repeat(8_000) } });
    expect(await at.scene.log(`?postbackId=${id}`)).toHaveLength(1);
  });

  it('is sent as long as it is not', async () => {
    await make(`/fits?x=\${a}`, post('${b}${b}'));
    const before = at.tracker.requests.length;
    const room = 8_192 - `${at.tracker.url}/fits?x=`.length;
    await at.scene.happen({ action: 'registration', query: { a: 'x'.repeat(room), b: 'é'.repeat(4_096) } });
    await at.scene.happen({ action: 'registration', query: { a: 'x'.repeat(room + 1), b: '' } });
    await at.scene.happen({ action: 'registration', query: { a: '', b: 'é'.repeat(4_097) } });
    await at.scene.engine.drain();
    const [sent, ...more] = at.tracker.requests.slice(before);
    expect(more).toEqual([]);
    expect(sent!.query.get('x')).toHaveLength(room);
    expect(Buffer.byteLength(sent!.body)).toBe(16_384);
    const errors = (await at.scene.log('?url=/fits')).map(({ error }) => error);
    expect(errors.toSorted()).toEqual(['body_over_16384_bytes', null, 'url_over_8192_characters']);
  });

  it('says so when it is tested', async () => {
    const { id } = await make('/test', post('${visit_id}'.repeat(1_000)));
    const told = body<object>(await at.scene.partner.post(`partner/postbacks/${id}/test`), 200);
    expect(told).toMatchObject({
      kind: 'test',
      result: { responseCode: null, error: 'body_over_16384_bytes' },
    });
    expect(await at.scene.log(`?postbackId=${id}`)).toMatchObject([{ kind: 'test', attempt: 0 }]);
  });

  it('of former times is neither sent any more nor shown whole', async () => {
    const { id } = await make('/old', post('x'));
    at.tracker.answer({ status: 500 });
    const { db } = at.scene.app;
    await at.scene.happen({ action: 'registration' });
    await at.scene.engine.drain();
    at.tracker.answer({ status: 200 });
    for (const table of ['postback_deliveries', 'postback_log'])
      await db.query(`UPDATE ${table} SET url = url || repeat('?', 10000) WHERE postback_id = $1`, [id]);
    await db.query(`UPDATE postback_deliveries SET body = repeat('é', 9000)`);
    await db.transaction((tx) => new LongPostbacks1763000000211().up(tx.queryRunner!));
    expect(await at.scene.states()).toEqual({ failed: 1 });
    const [entry] = await at.scene.log(`?postbackId=${id}`);
    expect(entry!.url).toHaveLength(8_193);
    body(await at.scene.partner.post(`partner/postback-log/${entry!.id}/resend`), 409);
  });
});

describe('deliveries', () => {
  it('are made and queued in pieces of at most 4 MiB', async () => {
    const why = await WhyScene.open([]);
    const { scene, tracker } = why.at;
    const { id: postbackId } = await scene.postback(tracker.url, { method: 'POST', body: 'x=1' });
    const of = scene.actionOf();
    let made = 0;
    function* deliveries(): Generator<NewDelivery> {
      for (; made < 1_000; made += 1)
        yield {
          ...of,
          ...scene.actionOf(),
          postbackId,
          ownerId: scene.partnerId,
          kind: 'event',
          method: 'POST',
          url: `${tracker.url}/${made}`,
          body: 'é'.repeat(8_000),
        };
    }
    const sizes: number[] = [];
    const ids = await scene.app.app.get(UnitOfWork).run((tx) => {
      const query = tx.query.bind(tx);
      vi.spyOn(tx, 'query').mockImplementation((sql, parameters) => {
        const bytes = Buffer.byteLength(JSON.stringify(parameters));
        if (bytes > MIB) sizes.push(made);
        expect(bytes).toBeLessThan(4 * MIB);
        return query(sql, parameters);
      });
      return scene.app.app.get(DeliveryQueue).add(tx, deliveries());
    });
    expect(ids).toHaveLength(1_000);
    expect(new Set(ids).size).toBe(1_000);
    // The first were queued before the others were made.
    expect(sizes[0]).toBeLessThan(300);
    expect(await scene.states()).toEqual({ pending: 1_000 });
    await why.at.close();
  });
});
