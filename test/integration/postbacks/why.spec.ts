import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PostbackExplanations } from '../../../src/postbacks/why/postback-explanations.service.js';
import { body, joinAsPartner, type Person, runBills } from '../../support/journey.js';
import type { TrackerScene } from './tracker-scene.js';
import { codes, type Explained, noteCodes, verdicts, WhyScene } from './why-scene.js';

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148';

/** Each reason of the documentation's part on troubleshooting, and every other one, as a partner is told it. */
describe('B03 why a postback was or was not sent', () => {
  let why: WhyScene;
  let at: TrackerScene;
  let stranger: Person;

  beforeAll(async () => {
    why = await WhyScene.open(['127.0.0.1:1']);
    at = why.at;
    stranger = await joinAsPartner(at.scene.app, at.scene.operator, 'other@partners.example');
  });
  beforeEach(async () => {
    at.tracker.answer({ status: 200 });
    await at.scene.clear();
  });
  afterAll(() => at.close());

  const make = (action: string, query = 'x=1', change: object = {}) =>
    at.scene.postback(`${at.tracker.url}/${action}?${query}`, { action, ...change });

  describe('a player is not synced yet', () => {
    it('says so, and when the brand reported last', async () => {
      await make('registration');
      await make('first_deposit');
      await make('order_created');
      const visit = await at.click();
      const explained = await why.ofVisit(visit);
      expect(explained.subject).toMatchObject({ kind: 'visit', visitId: visit, query: {} });
      expect(codes(explained)).toEqual([
        'registration_not_reported',
        'registration_not_reported',
        'order_not_reported',
      ]);
      expect(verdicts(explained)[0]!.message).toContain('no batch of players came of late');
      await at.register(await at.click());
      expect(verdicts(await why.ofVisit(visit))[0]!.message).toContain('last batch of players came at 2026-');
    });

    it('says that a report was refused, and why', async () => {
      await make('registration');
      await make('deposit');
      const visit = await at.click();
      const userId = await at.register(visit, { country: 'Germany' });
      const [registration] = verdicts(await why.ofVisit(visit));
      expect(registration).toMatchObject({ code: 'report_refused', event: null, delivery: null });
      expect(registration!.message).toContain('INVALID_FIELD: country:');
      await at.brand.sync('players', {
        players: [{ tag: visit, user_id: userId, sign_up_at: '2026-11-02T08:30:00Z' }],
      });
      await at.deposit(userId, -1);
      await at.settle();
      expect(codes(await why.ofVisit(visit))).toEqual(['sent', 'report_refused']);
      expect(codes(await why.ofPlayer(userId))).toEqual(['sent', 'report_refused']);
    });

    it('says that the player has not deposited', async () => {
      await make('first_deposit');
      const visit = await at.click();
      await at.register(visit);
      expect(codes(await why.ofVisit(visit))).toEqual(['no_deposit_reported']);
    });

    it('shows what was told of a sum for the deposits that a list names since', async () => {
      await make('deposit', 'a=${amount}');
      const userId = await at.register(await at.click());
      const hour = { from: '2026-11-02T08:00:00Z', to: '2026-11-02T09:00:00Z' };
      const item = { user_id: userId, currency: 'EUR', deposits_sum_cents: 5_000 };
      await at.brand.sync('activity', { ...hour, items: [item] });
      const deposits = ['a', 'b'].map((name) => ({
        deposit_id: `${name}-${userId}`,
        amount_cents: 2_500,
        processed_at: '2026-11-02T08:40:00Z',
      }));
      await at.brand.sync('activity', { ...hour, items: [{ ...item, deposits }] });
      await at.settle();
      const told = verdicts(await why.ofPlayer(userId));
      expect(told).toMatchObject([{ code: 'sent', delivery: { url: `${at.tracker.url}/deposit?a=50.00` } }]);
    });
  });

  describe('qualification is decided when commission is calculated (A11)', () => {
    it('says that the plan pays nothing for it', async () => {
      await make('qualification');
      const visit = await at.click();
      expect(codes(await why.ofVisit(visit))).toEqual(['registration_not_reported']);
      const userId = await at.register(visit);
      expect(codes(await why.ofPlayer(userId))).toEqual(['qualification_not_paid_for']);
    });

    it('says what is missing, when it is decided next, and that it was sent', async () => {
      const { scene } = at;
      const code = await scene.codeOfCpa();
      await make('qualification', 'a=${amount}');
      const visit = await at.click('', code);
      const userId = await at.register(visit);
      const before = verdicts(await why.ofPlayer(userId));
      expect(before).toMatchObject([{ code: 'not_qualified' }]);
      expect(before[0]!.message).toContain('first deposit is 0.00 of 20.00 EUR');
      expect(before[0]!.message).toContain('next at 2026-11-03T00:05:00.000Z');
      await at.deposit(userId);
      const met = verdicts(await why.ofVisit(visit));
      expect(met).toMatchObject([{ code: 'qualification_awaits_run', event: null }]);
      expect(met[0]!.message).toContain('next at 2026-11-03T00:05:00.000Z');
      const then = scene.app.clock.now();
      scene.app.clock.set('2026-11-03T01:00:00Z');
      await runBills(await scene.operator.signInAgain(), '2026-11-02');
      await at.settle();
      scene.partner = await scene.partner.signInAgain();
      expect(verdicts(await why.ofVisit(visit))).toMatchObject([
        { code: 'sent', delivery: { url: `${at.tracker.url}/qualification?a=50.00` } },
      ]);
      scene.app.clock.set(then);
    });
  });

  describe('a postback is not configured correctly', () => {
    it('names the place and the right form, should a wrong template ever have been saved', async () => {
      const { id } = await make('registration');
      await at.scene.app.db.query('UPDATE postbacks SET url = $2 WHERE id = $1', [
        id,
        'http://127.0.0.1:1/affiliate/c=${clickID}',
      ]);
      const { postbacks } = await why.ofVisit(await at.click('clickID=1'));
      const [note] = postbacks[0]!.notes;
      expect(note).toMatchObject({ code: 'template_wrong' });
      expect(note!.message).toContain('http://127.0.0.1:1/affiliate?c=${clickID}');
    });

    it('says that none is configured, or only elsewhere', async () => {
      const { winter } = at.scene;
      await make('registration', 'x=1', { scope: 'campaign', campaignId: winter.id });
      await make('registration', 'x=1', { scope: 'promo', promoId: at.scene.autumn.promos[1]!.id });
      const explained = await why.ofVisit(await at.click());
      expect(explained).toMatchObject({ postbacks: [], elsewhere: 2, notes: [{ code: 'no_postbacks' }] });
    });

    it('knows all scopes', async () => {
      const { autumn } = at.scene;
      await make('registration');
      await make('registration', 'x=1', { scope: 'campaign', campaignId: autumn.id });
      await make('registration', 'x=1', { scope: 'promo', promoId: autumn.promos[0]!.id });
      const visit = await at.click();
      await at.register(visit);
      await at.settle();
      const explained = await why.ofVisit(visit);
      expect(explained.postbacks.map(({ scope }) => scope)).toEqual(['account', 'campaign', 'promo']);
      expect(codes(explained)).toEqual(['sent', 'sent', 'sent']);
    });
  });

  describe('it was tried', () => {
    const register = async (): Promise<string> => {
      const visit = await at.click();
      await at.register(visit);
      await at.settle();
      return visit;
    };

    it('and sent, and sent again by hand', async () => {
      const { id } = await make('registration');
      const visit = await register();
      const [entry] = await at.scene.log(`?postbackId=${id}`);
      body(await at.scene.partner.post(`partner/postback-log/${entry!.id}/resend`), 200);
      await at.scene.engine.drain();
      const explained = verdicts(await why.ofVisit(visit));
      expect(explained).toMatchObject([
        { code: 'sent', delivery: { kind: 'event', attempts: 1, lastAttempt: { responseCode: 200 } } },
        { code: 'sent', delivery: { kind: 'resend' } },
      ]);
      expect(explained[0]!.event!.id).toBe(explained[1]!.event!.id);
    });

    it('and is tried again, until it is given up', async () => {
      at.tracker.answer({ status: 500 });
      await make('registration');
      const visit = await register();
      const [retrying] = verdicts(await why.ofVisit(visit));
      expect(retrying).toMatchObject({ code: 'retrying', delivery: { attempts: 1 } });
      expect(retrying!.message).toContain('the tracker answered 500');
      expect(noteCodes(await why.ofVisit(visit))).toEqual(['postback_failing']);
      await at.scene.endWaiting();
      expect(codes(await why.ofVisit(visit))).toEqual(['failed']);
    });

    it('and waits', async () => {
      at.tracker.answer({ status: 500 });
      await make('registration');
      const visit = await register();
      await at.scene.app.db.query('UPDATE postback_queue SET attempts = 0');
      await at.scene.app.db.query('DELETE FROM postback_log');
      expect(codes(await why.ofVisit(visit))).toEqual(['waiting']);
    });

    it('and refused at connect', async () => {
      const { id } = await make('registration');
      await at.scene.app.db.query('UPDATE postbacks SET url = $2 WHERE id = $1', [
        id,
        'http://10.0.0.1/?a=1',
      ]);
      const visit = await register();
      const [verdict] = verdicts(await why.ofVisit(visit));
      expect(verdict).toMatchObject({ code: 'refused_at_connect', delivery: { state: 'pending' } });
    });

    it('and answered 410, which disables the postback', async () => {
      at.tracker.answer({ status: 410 });
      await make('registration');
      const visit = await register();
      const explained = await why.ofVisit(visit);
      expect(codes(explained)).toEqual(['gone']);
      expect(noteCodes(explained)).toEqual(['postback_disabled']);
      const later = await register();
      expect(codes(await why.ofVisit(later))).toEqual(['postback_disabled']);
    });

    it('and was cancelled because the postback was disabled meanwhile', async () => {
      at.tracker.answer({ status: 500 });
      const { id } = await make('registration');
      const visit = await register();
      body(await at.scene.partner.patch(`partner/postbacks/${id}`, { state: 'disabled' }), 200);
      expect(codes(await why.ofVisit(visit))).toEqual(['cancelled']);
    });
  });

  describe('it was not', () => {
    it('because the postback was made after the event, or was another one then', async () => {
      const { id } = await make('deposit');
      at.scene.app.clock.advance(1);
      const visit = await at.click();
      await at.register(visit);
      await at.settle();
      at.scene.app.clock.advance(1);
      await make('registration');
      expect(codes(await why.ofVisit(visit))).toEqual(['no_deposit_reported', 'made_after_event']);
      body(await at.scene.partner.patch(`partner/postbacks/${id}`, { action: 'registration' }), 200);
      expect(codes(await why.ofVisit(visit))).toEqual(['changed_after_event', 'made_after_event']);
    });

    it('because it was too long ago to know', async () => {
      const { id } = await make('registration');
      const visit = await at.click();
      const userId = await at.register(visit);
      await at.settle();
      const { db } = at.scene.app;
      await db.query('DELETE FROM postback_deliveries');
      await db.query(`UPDATE postbacks SET created_at = '2026-06-01' WHERE id = $1`, [id]);
      await db.query(`UPDATE players SET created_at = '2026-07-01' WHERE external_id = $1`, [userId]);
      expect(codes(await why.ofVisit(visit))).toEqual(['no_longer_kept']);
    });
  });

  describe('an order', () => {
    const report = (tag: string, id: string, status: string) =>
      at.brand.sync('orders', {
        orders: [
          { tag, order_id: id, status, amount: '50.00', currency: 'EUR', ordered_at: '2026-11-02T08:45:00Z' },
        ],
      });

    it('is told when it is made and decided', async () => {
      for (const action of ['order_created', 'order_approved', 'order_declined', 'registration'])
        await make(action);
      const visit = await at.click();
      await report(visit, 'o-1', 'pending');
      await at.settle();
      expect(codes(await why.ofOrder('o-1'))).toEqual(['sent', 'order_pending', 'order_pending']);
      await report(visit, 'o-1', 'approved');
      await at.settle();
      expect(codes(await why.ofOrder('o-1'))).toEqual(['sent', 'sent', 'order_decided_otherwise']);
      expect(codes(await why.ofVisit(visit))).toEqual([
        'sent',
        'sent',
        'order_decided_otherwise',
        'registration_not_reported',
      ]);
    });
  });

  describe('what else is worth knowing', () => {
    it('the campaign is archived, the visit repeats one, a program made it', async () => {
      const { winter, partner } = at.scene;
      const code = winter.promos[0]!.code;
      await at.click('', code, IPHONE);
      const visit = await at.click('', code, IPHONE);
      const crawled = await at.click('', code, 'Googlebot/2.1 (+http://www.google.com/bot.html)');
      await at.scene.app.db.query('UPDATE visits SET duplicate = true, datacenter = true WHERE id = $1', [
        visit,
      ]);
      body(await partner.post(`partner/campaigns/${winter.id}/archive`), 200);
      const noted = async (id: string) => (await why.ofVisit(id)).notes.map((note) => note.code);
      expect(await noted(visit)).toEqual([
        'no_postbacks',
        'campaign_archived',
        'visit_from_datacenter',
        'visit_repeated',
      ]);
      expect(await noted(crawled)).toEqual(['no_postbacks', 'campaign_archived', 'visit_by_bot']);
      body(await at.scene.partner.post(`partner/campaigns/${winter.id}/unarchive`), 200);
    });

    it('a promo code brought the player: there was no link', async () => {
      await make('registration', 'c=${clickid}');
      const userId = await at.register(await at.click('clickid=7'));
      await at.settle();
      await at.scene.app.db.query(
        `WITH pool AS (
           INSERT INTO promo_code_pools (id, brand_id, name, state, created_at)
           VALUES (gen_random_uuid(), $1, 'Autumn', 'open', now()) RETURNING id),
         code AS (
           INSERT INTO promo_codes (id, pool_id, brand_id, code)
           SELECT gen_random_uuid(), id, $1, 'FOX10' FROM pool RETURNING id)
         UPDATE players SET visit_id = NULL, promo_code_id = (SELECT id FROM code) WHERE external_id = $2`,
        [at.scene.program.brandId, userId],
      );
      const explained = await why.ofPlayer(userId);
      expect(explained.subject.visitId).toBeNull();
      expect(explained.notes).toMatchObject([{ code: 'came_by_promo_code' }]);
      expect(noteCodes(explained)).toEqual([]);
    });
  });

  it("is asked by operators about everybody's, and by nobody about another partner's", async () => {
    await make('registration');
    const visit = await at.click();
    const player = await why.idOf('players', await at.register(visit));
    await at.settle();
    const operator = await at.scene.operator.signInAgain();
    stranger = await stranger.signInAgain();
    for (const path of [`visits/${visit}/explain`, `players/${player}/postbacks`]) {
      const told = body<Explained>(await operator.get(`operator/${path}`), 200);
      expect(told).toEqual(await why.ask(path));
      body(await stranger.get(`partner/${path}`), 404);
    }
    for (const path of ['visits/ID/explain', 'players/ID/postbacks', 'orders/ID/postbacks']) {
      await why.ask(path.replace('ID', randomUUID()), 404);
    }
  });

  it('leaves out none of the postbacks, however many there are', async () => {
    await make('registration');
    await at.scene.app.db.query(
      `INSERT INTO postbacks SELECT (p.made).* FROM (
         SELECT jsonb_populate_record(postbacks, jsonb_build_object('id', gen_random_uuid())) AS made
           FROM postbacks, generate_series(1, 249)) p`,
    );
    const { postbacks, elsewhere } = await why.ofVisit(await at.click());
    expect([postbacks.length, elsewhere]).toEqual([250, 0]);
  });

  it('takes as many statements for thirty postbacks as for one', async () => {
    const visit = await at.click();
    await at.register(visit);
    await at.settle();
    const { app, db } = at.scene.app;
    const count = async (): Promise<number> => {
      const runner = db.createQueryRunner();
      const query = vi.spyOn(runner, 'query');
      await app
        .get(PostbackExplanations)
        .explain(runner.manager, { kind: 'visit', id: visit, partnerId: null });
      await runner.release();
      return query.mock.calls.length;
    };
    await make('registration');
    const one = await count();
    await db.query(
      `INSERT INTO postbacks SELECT (p.made).* FROM (
         SELECT jsonb_populate_record(postbacks, jsonb_build_object('id', gen_random_uuid())) AS made
           FROM postbacks, generate_series(1, 29)) p`,
    );
    expect(one).toBeGreaterThan(3);
    expect(await count()).toBe(one);
  });
});
