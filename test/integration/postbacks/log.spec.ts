import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { uuidV7Floor } from '../../../src/platform/index.js';
import { body, joinAsPartner, type Person } from '../../support/journey.js';
import { type SinkServer, startSinkServer } from '../../support/sink-server.js';
import { type LogEntry, PostbackScene } from './scene.js';

interface LogPage {
  items: LogEntry[];
  nextCursor: string | null;
}

interface Resent {
  dryRun: boolean;
  count: number;
  toFormerAddresses?: number;
  more: boolean;
}

const HOUR_MS = 3_600_000;

describe('the log of postbacks', () => {
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

  const page = async (query: string): Promise<LogPage> =>
    body<LogPage>(await scene.partner.get(`partner/postback-log?${query}`), 200);
  const resend = async (filter: object = {}, person = scene.partner): Promise<Resent> =>
    body<Resent>(await person.post('partner/postback-log/resend', filter), 200);

  /** Puts attempts into the log, of the last hours. @param change SQL of the URL and the code */
  const fill = async (count: number, change = "'https://t.example/?a=1', 200"): Promise<void> => {
    const now = scene.app.clock.now().getTime();
    const ids = Array.from({ length: count }, (_, index) => {
      const floor = uuidV7Floor(new Date(now - (index % 8) * HOUR_MS));
      return `${floor.slice(0, 24)}${index.toString(16).padStart(12, '0')}`;
    });
    await scene.app.db.query(
      `INSERT INTO postback_log (id, owner_id, postback_id, delivery_id, event_id, kind, action, attempt, method, url,
                                 response_code, duration_ms, sent_at)
       SELECT id, $2, id, id, id, 'event', 'deposit', 1, 'GET', ${change}, 5, now() FROM unnest($1::uuid[]) AS id`,
      [ids, scene.partnerId],
    );
  };

  describe('A10 pages', () => {
    it('look at a bounded number of attempts: what is rare comes by their cursors', async () => {
      const { db } = scene.app;
      const yesterday = '2026-11-01T12:00:00Z';
      await db.query(
        `CREATE TABLE IF NOT EXISTS postback_log_20261101 PARTITION OF postback_log FOR VALUES
           FROM ('${uuidV7Floor(new Date('2026-11-01'))}') TO ('${uuidV7Floor(new Date('2026-11-02'))}')`,
      );
      const first = uuidV7Floor(new Date(yesterday));
      await db.query(
        `INSERT INTO postback_log (id, owner_id, postback_id, delivery_id, event_id, kind, action, attempt, method, url,
                                   response_code, duration_ms, sent_at)
         SELECT (left($1::text, 24) || lpad(to_hex(i), 12, '0'))::uuid, $2, $2, $2, $2, 'event', 'deposit', 1, 'GET',
                'https://t.example/' || CASE i WHEN 0 THEN 'rare' ELSE 'often' END, CASE i WHEN 1 THEN 503 ELSE 200 END, 5, $3
           FROM generate_series(0, 20100) AS i`,
        [first, scene.partnerId, yesterday],
      );
      const none = await page('url=/rare');
      expect(none.items).toEqual([]);
      const rest = await page(`url=/rare&cursor=${none.nextCursor!}`);
      expect(rest.items.map(({ url }) => url)).toEqual(['https://t.example/rare']);
      // Failures have an index of their own: nothing else is looked at.
      expect((await page('responseCode=503')).items).toHaveLength(1);
      expect((await page('limit=1&url=OFTEN&action=deposit')).items).toHaveLength(1);
    });

    it('hold each attempt once, whatever their size', async () => {
      await fill(50);
      const seen: string[] = [];
      let cursor = '';
      do {
        const { items, nextCursor } = await page(`limit=7${cursor && `&cursor=${cursor}`}`);
        seen.push(...items.map(({ id }) => id));
        cursor = nextCursor ?? '';
      } while (cursor);
      expect(seen).toHaveLength(50);
      expect(seen).toEqual([...new Set(seen)].sort().reverse());
    });

    it('show what became of a test (B04)', async () => {
      const { id } = await scene.postback(`${sink.url}/test?sum=\${amount}`);
      const { deliveryId } = body<{ deliveryId: string }>(
        await scene.partner.post(`partner/postbacks/${id}/test`),
        200,
      );
      const { items } = await page(`deliveryId=${deliveryId}`);
      expect(items).toMatchObject([{ kind: 'test', responseCode: 200, url: `${sink.url}/test?sum=125.50` }]);
    });
  });

  it('B04 send no test again: its values are samples, and it is tried once', async () => {
    sink.answer({ status: 500 });
    const { id } = await scene.postback(`${sink.url}/test?sum=\${amount}`);
    body(await scene.partner.post(`partner/postbacks/${id}/test`), 200);
    const [entry] = (await page('')).items;
    const refused = body<{ code: string; detail: string }>(
      await scene.partner.post(`partner/postback-log/${entry!.id}/resend`),
      409,
    );
    expect(refused.code).toBe('POSTBACK_TEST');
    expect(refused.detail).toContain(`POST /partner/postbacks/${id}/test`);
    await scene.engine.drain();
    expect((await page('')).items).toHaveLength(1);
    expect(await scene.show(id)).toMatchObject({ failures: 0 });
  });

  describe('A10 times', () => {
    it('are a UTC day, or a time with its zone in any form of RFC 3339', async () => {
      // At nine, eight and seven o'clock.
      await fill(3);
      const count = async (query: string): Promise<number> => (await page(query)).items.length;
      expect(await count('from=2026-11-02T080000Z')).toBe(2);
      expect(await count('from=2026-11-02T09:30:00%2B01:00')).toBe(1);
      expect(await count('to=2026-11-02T08:00:00Z')).toBe(2);
      expect(await count('from=2026-11-02&to=2026-11-02')).toBe(3);
      expect(await count('to=2026-11-01')).toBe(0);
    });

    it.each(['20261102', '2026-W45', '2026', '2026-11', '2026-306', '2026-11-02 01:00:00Z', 'yesterday'])(
      'are not %s, which is refused with the name of the field',
      async (time) => {
        for (const path of ['from', 'to']) {
          const listed = await scene.partner.get(`partner/postback-log?${path}=${encodeURIComponent(time)}`);
          expect(body(listed, 400)).toMatchObject({ errors: [{ path }] });
          const resent = await scene.partner.post('partner/postback-log/resend', {
            dryRun: true,
            [path]: time,
          });
          expect(body(resent, 400)).toMatchObject({ errors: [{ path }] });
        }
      },
    );

    it('do not end before they begin', async () => {
      const range = { from: '2026-11-02', to: '2026-11-01' };
      body(await scene.partner.get(`partner/postback-log?${new URLSearchParams(range).toString()}`), 400);
      // A code that nothing has makes no difference.
      const sent = { ...range, promoCode: 'nobodys' };
      body(await scene.partner.post('partner/postback-log/resend', sent), 400);
    });
  });

  describe('B04 sending all that failed again', () => {
    /** Events that fail until their deliveries are given up; gives their ids. */
    const failing = async (count: number, path = '/down'): Promise<string[]> => {
      sink.answer({ status: 500 });
      await scene.postback(`${sink.url}${path}?id=\${event_id}`);
      const ids: string[] = [];
      for (let event = 0; event < count; event += 1) ids.push(await scene.happen());
      await scene.engine.drain();
      await scene.endWaiting();
      sink.answer({ status: 200 });
      return ids;
    };
    const heard = (before: number): string[] =>
      sink.requests.slice(before).map(({ query }) => query.get('id')!);

    it('counts first, sends each event once under its id, and then nothing', async () => {
      const ids = await failing(3);
      expect(await resend({ dryRun: true })).toEqual({
        dryRun: true,
        count: 3,
        toFormerAddresses: 0,
        more: false,
      });
      const before = sink.requests.length;
      expect(await resend()).toEqual({ dryRun: false, count: 3, more: false });
      await scene.engine.drain();
      expect(heard(before).sort()).toEqual([...ids].sort());
      expect(await resend()).toMatchObject({ count: 0 });
      expect((await page('')).items.map(({ kind }) => kind).sort()).toEqual([
        ...Array<string>(3).fill('event'),
        ...Array<string>(3).fill('resend'),
      ]);
    });

    it('sends each once, however many ask at once', async () => {
      const ids = await failing(5);
      const before = sink.requests.length;
      const answers = await Promise.all(Array.from({ length: 4 }, () => resend()));
      expect(answers.reduce((sum, { count }) => sum + count, 0)).toBe(5);
      await scene.engine.drain();
      expect(heard(before).sort()).toEqual([...ids].sort());
    });

    it('takes the filters of the log, and leaves out what is disabled or belongs to others', async () => {
      await failing(2, '/one');
      const { id } = await scene.postback(`${sink.url}/two`, { action: 'deposit' });
      sink.answer({ status: 404 });
      await scene.happen({ action: 'deposit' });
      await scene.engine.drain();
      await scene.endWaiting();
      const count = async (filter: object, person?: Person) =>
        (await resend({ dryRun: true, ...filter }, person)).count;
      expect(await count({})).toBe(3);
      expect(await count({ action: 'deposit' })).toBe(1);
      expect(await count({ responseCode: 500 })).toBe(2);
      expect(await count({ responseCode: 200 })).toBe(0);
      expect(await count({ url: '/ONE' })).toBe(2);
      expect(await count({ postbackId: id })).toBe(1);
      expect(await count({ campaignName: 'umn', promoCode: scene.autumn.promos[0]!.code })).toBe(3);
      expect(await count({ campaignId: scene.winter.id })).toBe(0);
      expect(await count({ to: '2026-11-01' })).toBe(0);
      expect(await count({ from: '2026-11-02' })).toBe(3);
      body(await scene.partner.patch(`partner/postbacks/${id}`, { state: 'disabled' }), 200);
      expect(await count({})).toBe(2);
      expect(await count({}, await stranger.signInAgain())).toBe(0);
      body(await scene.partner.post('partner/postback-log/resend', { urlPart: 'x' }), 400);
      body(await scene.partner.post('partner/postback-log/resend', { from: 'yesterday' }), 400);
    });

    it('leaves out what waits, was delivered meanwhile, or was only a test', async () => {
      await failing(1);
      const [entry] = (await page('')).items;
      const one = () => scene.partner.post(`partner/postback-log/${entry!.id}/resend`);
      sink.answer({ status: 500 });
      const first = body<{ deliveryId: string }>(await one(), 200);
      await scene.engine.drain();
      expect(await resend({ dryRun: true })).toMatchObject({ count: 0 });
      // While one waits, sending it again is that one.
      expect(body<{ deliveryId: string }>(await one(), 200).deliveryId).toBe(first.deliveryId);
      sink.answer({ status: 200 });
      await scene.app.db.query('UPDATE postback_queue SET next_attempt_at = $1', [scene.app.clock.now()]);
      await scene.app.db.query('UPDATE postback_hosts SET due_at = $1', [scene.app.clock.now()]);
      await scene.engine.drain();
      expect(await resend({ dryRun: true })).toMatchObject({ count: 0 });
    });

    it('sends what was filled to where it was filled for, and counts what goes to addresses that were left', async () => {
      await failing(2, '/wrong');
      const { items } = await page('');
      const repaired = { url: `${sink.url}/right?id=\${event_id}` };
      body(await scene.partner.patch(`partner/postbacks/${items[0]!.postbackId}`, repaired), 200);
      expect(await resend({ dryRun: true })).toMatchObject({ count: 2, toFormerAddresses: 2 });
      const one = await scene.partner.post(`partner/postback-log/${items[0]!.id}/resend`);
      expect(body<{ url: string }>(one, 200).url).toBe(items[0]!.url);
      expect(await resend()).toEqual({ dryRun: false, count: 1, more: false });
      await scene.engine.drain();
      expect(sink.requests.slice(-2).map(({ path }) => path)).toEqual(['/wrong', '/wrong']);
    });

    it('goes on in the background where they are many', async () => {
      await failing(1);
      await fill(1_050, "'https://t.example/?a=1', 500");
      const before = sink.requests.length;
      // The one that can be sent again is the oldest of more than one step's failures.
      await scene.app.db.query(`UPDATE postback_log SET id = $1 WHERE url LIKE '%/down%'`, [
        uuidV7Floor(new Date('2026-11-02T00:00:00Z')).replace(/0{12}$/, randomUUID().slice(-12)),
      ]);
      expect(await resend()).toEqual({ dryRun: false, count: 0, more: true });
      await sink.waitForCount(before + 1);
    });
  });
});
