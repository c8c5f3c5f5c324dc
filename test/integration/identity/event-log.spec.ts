import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLog } from '../../../src/identity/index.js';
import { type Tx, UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { activePartner, codeOf, open, type SignedIn } from './scene.js';

interface Event {
  id: string;
  type: string;
  title: string;
  summary: string;
  actor: { kind: string; userId: string | null; name: string | null; impersonated: boolean };
  subjectType: string;
  subjectId: string | null;
  data: { amount: { amount: string; currency: string } };
  occurredAt: string;
}
interface Page {
  items: Event[];
  nextCursor: string | null;
}

const BILL = '01900000-0000-7000-8000-00000000b111';

let app: TestApp;
let ann: SignedIn;
let bob: SignedIn;
let operator: SignedIn;
let annId: string;
let annUserId: string;
let operatorId: string;

beforeAll(async () => {
  app = await createTestApp();
  annId = await activePartner(app, 'ann@example.com');
  const bobId = await activePartner(app, 'bob@example.com');
  annUserId = await userIdOf('ann@example.com');
  operatorId = await userIdOf('admin@example.com');
  for (let day = 1; day <= 5; day += 1) {
    app.clock.set(`2026-11-0${day}T12:00:00Z`);
    await run((tx) => billApproved(tx, annId, `${day}.00`));
  }
  await run((tx) => billApproved(tx, bobId, '6.00'));
  ann = await open(app, 'ann@example.com');
  bob = await open(app, 'bob@example.com');
  operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
  await outboxDelivered(app);
});
afterAll(() => app.close());

function run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return app.app.get(UnitOfWork).run(work);
}

function billApproved(tx: Tx, partnerId: string, amount: string): Promise<void> {
  const actor = { userId: operatorId, impersonatorId: null };
  const data = { amount: { amount, currency: 'EUR' } };
  return app.app.get(EventLog).record(tx, actor, { partnerId, type: 'bill_approved', subjectId: BILL, data });
}

async function userIdOf(email: string): Promise<string> {
  const [user] = await app.db.query<[{ id: string }]>('SELECT id FROM users WHERE email = $1', [email]);
  return user.id;
}

/** Amounts of the listed events. */
async function amounts(query: string): Promise<string[]> {
  const { items } = body<Page>(await ann.as.get(`partner/events?type=bill_approved&${query}`), 200);
  return items.map(({ data }) => data.amount.amount);
}

describe('A29 event log', () => {
  it('lists the own partner’s events, newest first, page by page', async () => {
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page = body(
        await ann.as.get(`partner/events?type=bill_approved&limit=2${cursor ? `&cursor=${cursor}` : ''}`),
        200,
      );
      found.push(...page.items.map(({ data }) => data.amount.amount));
      cursor = page.nextCursor;
    } while (cursor);
    expect(found).toEqual(['5.00', '4.00', '3.00', '2.00', '1.00']);
  });

  it('is filtered by type, and by time: a day as a whole, a time included', async () => {
    expect(await amounts('limit=1')).toEqual(['5.00']);
    expect(body<Page>(await ann.as.get('partner/events?type=refund_made'), 200).items).toEqual([]);
    expect(await amounts('from=2026-11-02&to=2026-11-03')).toEqual(['3.00', '2.00']);
    expect(await amounts('from=2026-11-04T12:00:00.001Z')).toEqual(['5.00']);
    expect(await amounts('to=2026-11-02T12:00:00Z')).toEqual(['2.00', '1.00']);
    expect(await amounts('from=2026-11-03T13:00:00%2B01:00&to=2026-11-03')).toEqual(['3.00']);
  });

  it.each([
    ['type=bill_lost', 'type'],
    ['from=yesterday', 'from'],
    ['to=2026-02-30', 'to'],
    ['type=bill_approved&type=refund_made', 'type'],
    ['partnerId=1', 'partnerId'],
  ])('refuses the filter %s by its name', async (query, path) => {
    const answer = await ann.as.get(`partner/events?${query}`);
    expect(codeOf(answer)).toBe('400 VALIDATION_FAILED');
    expect(answer.body.errors[0].path).toBe(path);
  });

  it.each(['nonsense', 'bm9uc2Vuc2U', '%00', "'"])('refuses the cursor %s', async (cursor) => {
    expect((await ann.as.get(`partner/events?cursor=${cursor}`)).status).toBe(400);
  });

  it('shows one by id in words, and another partner’s to nobody', async () => {
    const { items } = body<Page>(await ann.as.get('partner/events?to=2026-11-01'), 200);
    const [{ id }] = items as [Event];
    expect(body(await ann.as.get(`partner/events/${id}`), 200)).toEqual({
      id,
      type: 'bill_approved',
      title: 'Bill approved',
      summary: 'A bill was approved: 1.00 EUR is in your available balance.',
      actor: { kind: 'operator', userId: null, name: null, impersonated: false },
      subjectType: 'bill',
      subjectId: BILL,
      data: { amount: { amount: '1.00', currency: 'EUR' } },
      occurredAt: '2026-11-01T12:00:00.000Z',
    });
    expect(codeOf(await bob.as.get(`partner/events/${id}`))).toBe('404 NOT_FOUND');
    expect(codeOf(await operator.as.get(`partner/events/${id}`))).toBe('403 PERMISSION_DENIED');
    expect((await ann.as.get('partner/events/nonsense')).status).toBe(400);
  });
});

describe('A29 who did it', () => {
  /** The newest event after one that this actor caused. */
  async function eventOf(actor: { userId: string; impersonatorId: string | null } | null): Promise<Event> {
    await run((tx) =>
      app.app.get(EventLog).record(tx, actor, {
        partnerId: annId,
        type: 'two_factor_enabled',
        subjectId: annUserId,
        data: {},
      }),
    );
    await outboxDelivered(app);
    return body<Page>(await ann.as.get('partner/events?limit=1'), 200).items[0]!;
  }

  it.each([
    ['a member', () => ({ userId: annUserId, impersonatorId: null }), 'member', false],
    ['an operator as a member', () => ({ userId: annUserId, impersonatorId: operatorId }), 'member', true],
    ['an operator', () => ({ userId: operatorId, impersonatorId: null }), 'operator', false],
    ['the program', () => null, 'system', false],
  ])('tells %s apart', async (_, actor, kind, impersonated) => {
    const member =
      kind === 'member' ? { userId: annUserId, name: 'Ann Reviews' } : { userId: null, name: null };
    expect((await eventOf(actor())).actor).toEqual({ kind, impersonated, ...member });
  });

  it('names people as they are called today, for the log keeps ids only', async () => {
    const { id } = await eventOf({ userId: annUserId, impersonatorId: null });
    const [row] = await app.db.query<[{ text: string }]>(
      `SELECT e::text AS text FROM event_log e WHERE id = $1`,
      [id],
    );
    expect(row.text).not.toMatch(/Ann|@/);
    await app.db.query(`UPDATE users SET name = 'Former member' WHERE id = $1`, [annUserId]);
    const renamed = body<Event>(await ann.as.get(`partner/events/${id}`), 200);
    expect(renamed.summary).toBe('Two-factor authentication was enabled for Former member.');
    expect(renamed.actor.name).toBe('Former member');
    await app.db.query(`UPDATE users SET name = 'Ann Reviews' WHERE id = $1`, [annUserId]);
  });
});

describe('A29 an event and the change that it tells of', () => {
  const rows = () =>
    app.db.query<{ amount: string }[]>(
      `SELECT data #>> '{amount,amount}' AS amount FROM event_log WHERE data #>> '{amount,amount}' LIKE '%7'`,
    );

  it('are there together, whatever becomes of the messages about it', async () => {
    await run(async (tx) => {
      await billApproved(tx, annId, '0.07');
      await tx.query(`DELETE FROM pgboss.job WHERE name LIKE 'event.logged-event-%' AND state = 'created'`);
    });
    expect(await rows()).toEqual([{ amount: '0.07' }]);
  });

  it('are rolled back together', async () => {
    const failed = run(async (tx) => {
      await billApproved(tx, annId, '0.17');
      throw new Error('the change failed');
    });
    await expect(failed).rejects.toThrow('the change failed');
    expect(await rows()).toEqual([{ amount: '0.07' }]);
  });

  it('is refused with facts that are not those of the catalogue', async () => {
    const data = { amount: { amount: '0.27', currency: 'EUR' }, email: 'ann@example.com' };
    const event = { partnerId: annId, type: 'bill_approved', subjectId: BILL, data } as const;
    await expect(run((tx) => app.app.get(EventLog).record(tx, null, event))).rejects.toThrow(
      'is not a fact of bill_approved',
    );
  });
});

describe('A29 the table event_log', () => {
  it.each([
    `UPDATE event_log SET subject_type = 'forged'`,
    `UPDATE event_log SET subject_type = 'forged' WHERE false`,
    'DELETE FROM event_log',
    'TRUNCATE event_log',
    'TRUNCATE event_log CASCADE',
    `INSERT INTO event_log SELECT * FROM event_log LIMIT 1 ON CONFLICT (id) DO UPDATE SET subject_type = 'forged'`,
  ])('refuses %s even to the owner of the table', async (statement) => {
    const all = () => app.db.query<unknown[]>('SELECT * FROM event_log ORDER BY id');
    const before = await all();
    expect(before.length).toBeGreaterThan(0);
    await expect(app.asOwner(statement)).rejects.toThrow('append-only');
    expect(await all()).toEqual(before);
  });
});
