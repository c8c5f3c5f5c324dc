import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../../src/platform/index.js';
import { ImportedPlayers } from '../../../src/tracking/index.js';
import { body, runBills } from '../../support/journey.js';
import type { TrackerScene } from './tracker-scene.js';
import { codes, noteCodes, verdicts, WhyScene } from './why-scene.js';

const TOMORROW = '2026-11-03T08:00:00Z';
const LAST_SPRING = '2026-04-01T08:00:00Z';

/** What counts is when a thing was reported: when it happened, by the brand's word, may be long before or after. */
describe('B03 why a postback was not sent, by when it was reported', () => {
  let why: WhyScene;
  let at: TrackerScene;

  beforeAll(async () => {
    why = await WhyScene.open(['127.0.0.1:1']);
    at = why.at;
  });
  beforeEach(async () => {
    at.tracker.answer({ status: 200 });
    at.scene.app.clock.set('2026-11-02T09:00:00Z');
    await at.scene.clear();
  });
  afterAll(() => at.close());

  const make = (action: string) => at.scene.postback(`${at.tracker.url}/${action}?x=1`, { action });
  const later = () => at.scene.app.clock.advance(1);
  const switchTo = async (id: string, state: 'active' | 'disabled') => {
    later();
    body(await at.scene.partner.patch(`partner/postbacks/${id}`, { state }), 200);
    later();
  };
  const registered = async (): Promise<string> => at.register(await at.click());
  const deposit = async (userId: string, processedAt?: string) => {
    await at.deposit(userId, 5_000, processedAt);
    await at.settle();
  };

  describe.each(['first_deposit', 'deposit'])('a %s', (action) => {
    it.each([
      ['before the postback was made', '2026-11-02T08:40:00Z'],
      ['longer ago than deliveries are kept', LAST_SPRING],
      ['tomorrow, as it says', TOMORROW],
    ])('that happened %s, and was reported while it was disabled', async (_, processedAt) => {
      const { id } = await make(action);
      const userId = await registered();
      await switchTo(id, 'disabled');
      await deposit(userId, processedAt);
      expect(codes(await why.ofPlayer(userId))).toEqual(['postback_disabled']);
      await switchTo(id, 'active');
      expect(codes(await why.ofPlayer(userId))).toEqual(['changed_after_event']);
    });

    it.each([LAST_SPRING, TOMORROW])('of %s that was reported before the postback was made', async (time) => {
      const userId = await registered();
      await deposit(userId, time);
      later();
      await make(action);
      const [verdict] = verdicts(await why.ofPlayer(userId));
      expect(verdict).toMatchObject({ code: 'made_after_event' });
      expect(verdict!.message).toContain('reported (2026-11-02T09:00:00.000Z)');
    });

    it('whose report was not timed: the reason is not known', async () => {
      const { id } = await make(action);
      const userId = await registered();
      await switchTo(id, 'disabled');
      await deposit(userId);
      await at.scene.app.db.query('UPDATE deposits SET reported_at = NULL');
      await at.scene.app.db.query('UPDATE players SET first_deposit_reported_at = NULL');
      expect(codes(await why.ofPlayer(userId))).toEqual(['report_time_unknown']);
    });
  });

  it('a first deposit was reported when the first one was, whichever is the earliest since', async () => {
    const userId = await registered();
    const report = async (deposits: [id: string, processedAt: string][]) => {
      later();
      await at.brand.sync('activity', {
        from: '2026-11-02T08:00:00Z',
        to: '2026-11-02T09:00:00Z',
        items: [
          {
            user_id: userId,
            currency: 'EUR',
            deposits: deposits.map(([id, processedAt]) => ({
              deposit_id: `${userId}-${id}`,
              amount_cents: 5_000,
              processed_at: processedAt,
            })),
          },
        ],
      });
    };
    await report([['second', '2026-11-02T08:40:00Z']]);
    await at.settle();
    later();
    await make('first_deposit');
    const answer = () => why.ofPlayer(userId).then(codes);
    expect(await answer()).toEqual(['made_after_event']);
    await report([['first', '2026-11-02T08:30:00Z'], ['second', '2026-11-02T08:40:00Z']]); // prettier-ignore
    await at.settle();
    expect(await answer()).toEqual(['made_after_event']);
    await report([['first', '2026-11-02T08:30:00Z']]);
    expect(await answer()).toEqual(['made_after_event']);
    await report([]);
    expect(await answer()).toEqual(['no_deposit_reported']);
    await report([['first', '2026-11-02T08:30:00Z']]);
    await at.settle();
    expect(await answer()).toEqual(['sent']);
  });

  it('a qualification was decided by a bill run, long after the criteria were met', async () => {
    const { scene } = at;
    const userId = await at.register(await at.click('', await scene.codeOfCpa()));
    await deposit(userId);
    const { id } = await make('qualification');
    await switchTo(id, 'disabled');
    scene.app.clock.set('2026-11-03T01:00:00Z');
    await runBills(await scene.operator.signInAgain(), '2026-11-02');
    await at.settle();
    scene.partner = await scene.partner.signInAgain();
    expect(codes(await why.ofPlayer(userId))).toEqual(['postback_disabled']);
    const explain = await scene.partner.get(`partner/players/${await why.idOf('players', userId)}/explain`);
    expect(body<{ recorded: object }>(explain, 200).recorded).toMatchObject({
      qualifiedAt: '2026-11-02T08:40:00.000Z',
      decidedAt: '2026-11-03T01:00:00.000Z',
    });
    await scene.app.db.query('UPDATE player_qualifications SET decided_at = NULL');
    expect(codes(await why.ofPlayer(userId))).toEqual(['report_time_unknown']);
    const jobs = `pgboss.job WHERE name = 'event.postbacks-qualifications'`;
    await scene.app.db.query(
      `UPDATE pgboss.job SET state = 'created', start_after = now() + interval '1 hour'
        WHERE id IN (SELECT id FROM ${jobs})`,
    );
    expect(codes(await why.ofPlayer(userId))).toEqual(['being_queued']);
    await scene.app.db.query(`DELETE FROM ${jobs}`);
  });

  it('a player who was imported is told to nobody; what it does since is', async () => {
    const { app } = at.scene.app;
    await at.scene.postback(`${at.tracker.url}/registration?c=\${clickid}`, { action: 'registration' });
    await make('deposit');
    later();
    const row = { user_id: 'imported-1', link: at.scene.autumn.promos[0]!.code, sign_up_at: LAST_SPRING };
    const outcomes = await app.get(UnitOfWork).run((tx) => app.get(ImportedPlayers).record(tx, [row]));
    expect(outcomes).toMatchObject([{ status: 'imported' }]);
    await deposit('imported-1');
    const explained = await why.ofPlayer('imported-1');
    expect(codes(explained)).toEqual(['imported', 'sent']);
    expect(explained.notes).toMatchObject([{ code: 'came_by_import' }]);
    expect(noteCodes(explained)).toEqual([]);
  });

  describe('what is to be queued', () => {
    /** As if the worker had not come to what was told last, or had failed. */
    const leave = async (state: 'created' | 'failed') => {
      await at.scene.app.db.query('DELETE FROM postback_deliveries');
      await at.scene.app.db.query(
        `UPDATE pgboss.job SET state = $1, start_after = now() + interval '1 hour'
          WHERE name = 'event.postbacks-facts' AND state = 'completed'`,
        [state],
      );
    };
    const tidy = () => at.scene.app.db.query(`DELETE FROM pgboss.job WHERE name = 'event.postbacks-facts'`);

    it('waits, also for a postback that is newer than the report', async () => {
      await make('registration');
      const visit = await at.click();
      await at.register(visit);
      await at.settle();
      await leave('created');
      later();
      await make('registration');
      expect(codes(await why.ofVisit(visit))).toEqual(['being_queued', 'being_queued']);
      await tidy();
    });

    it('or was not queued, and does not wait for it any more', async () => {
      await make('registration');
      const visit = await at.click();
      await at.register(visit);
      await at.settle();
      await leave('failed');
      expect(codes(await why.ofVisit(visit))).toEqual(['not_queued']);
      await tidy();
    });
  });

  describe('a report that was refused and put right since is not to blame', () => {
    const activity = async (userId: string, hour: number, item: object) => {
      later();
      const [from, to] = [hour, hour + 1].map((each) => `2026-11-02T0${each}:00:00Z`);
      await at.brand.sync('activity', { from, to, items: [{ user_id: userId, currency: 'EUR', ...item }] });
    };
    const sync = async (kind: 'players' | 'orders', item: object) => {
      later();
      const { rejected } = await at.brand.sync(kind, { [kind]: [item] });
      return rejected;
    };

    it('of activity: by a report of the same time', async () => {
      await make('deposit');
      const userId = await registered();
      const answer = () => why.ofPlayer(userId).then(codes);
      await activity(userId, 7, { bets_sum_cents: 100 });
      await activity(userId, 8, { bets_sum_cents: -1 });
      expect(await answer()).toEqual(['report_refused']);
      await activity(userId, 6, { bets_sum_cents: 100 });
      expect(await answer()).toEqual(['report_refused']);
      await activity(userId, 8, { bets_sum_cents: 100 });
      expect(await answer()).toEqual(['no_deposit_reported']);
      await activity(userId, 7, { bets_sum_cents: -1 });
      expect(await answer()).toEqual(['report_refused']);
      await activity(userId, 7, { bets_sum_cents: 200 });
      expect(await answer()).toEqual(['no_deposit_reported']);
    });

    it('of a player: by a report that takes it for another visit', async () => {
      await make('registration');
      const [visit, other] = [await at.click(), await at.click()];
      const player = { tag: visit, user_id: 'right-1', sign_up_at: '2026-11-02T08:30:00Z' };
      expect(await sync('players', { ...player, country: 'Germany' })).toBe(1);
      expect(codes(await why.ofVisit(visit))).toEqual(['report_refused']);
      expect(await sync('players', { ...player, tag: other })).toBe(0);
      expect(codes(await why.ofVisit(visit))).toEqual(['registration_not_reported']);
    });

    it('of an order: by a report that takes it for another visit', async () => {
      await make('order_created');
      const [visit, other] = [await at.click(), await at.click()];
      const ordered = { status: 'pending', currency: 'EUR', ordered_at: '2026-11-02T08:45:00Z' };
      const order = { tag: visit, order_id: 'right-1', amount: '50.00', ...ordered };
      expect(await sync('orders', { ...order, amount: 'many' })).toBe(1);
      expect(codes(await why.ofVisit(visit))).toEqual(['report_refused']);
      expect(await sync('orders', { ...order, tag: other })).toBe(0);
      expect(codes(await why.ofVisit(visit))).toEqual(['order_not_reported']);
    });

    it('and one that was refused is found for a player who signed up tomorrow, as it says', async () => {
      await make('deposit');
      const userId = await at.register(await at.click(), { sign_up_at: TOMORROW });
      await activity(userId, 8, { bets_sum_cents: -1 });
      expect(codes(await why.ofPlayer(userId))).toEqual(['report_refused']);
    });
  });
});
