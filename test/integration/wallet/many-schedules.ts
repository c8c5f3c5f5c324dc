import { randomUUID } from 'node:crypto';
import { Ids, Money, SecretBox, UnitOfWork } from '../../../src/platform/index.js';
import { Ledger } from '../../../src/wallet/index.js';
import type { TestApp } from '../../support/app.js';
import type { WalletScene } from './scene.js';

const AT_ONCE = 500;

/**
 * Makes daily schedules, due since `dueAt` at 09:00 UTC, of as many wallets with 100 EUR each; all in the name of the
 * scene's partner. Not by the API, which one would wait for.
 */
export async function makeDueSchedules(
  app: TestApp,
  { userId }: Pick<WalletScene, 'userId'>,
  { count, dueOn }: { count: number; dueOn: string },
): Promise<void> {
  for (let made = 0; made < count; made += AT_ONCE) {
    await makeBatch(app, userId, Math.min(AT_ONCE, count - made), dueOn);
  }
}

async function makeBatch(app: TestApp, userId: string, count: number, dueOn: string): Promise<void> {
  const owners = Array.from({ length: count }, () => randomUUID());
  const methods = owners.map(() => app.app.get(Ids).next());
  const box = app.app.get(SecretBox);
  const sealed = methods.map((id) =>
    box.seal(JSON.stringify({ email: 'ann@example.com' }), `payment_methods.sealed_fields:${id}`),
  );
  await app.app.get(UnitOfWork).run(async (tx) => {
    await tx.query(
      `INSERT INTO payment_methods (id, owner_id, type_code, sealed_fields, created_at)
       SELECT id, owner, 'paypal', sealed, now() FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS m (id, owner, sealed)`,
      [methods, owners, sealed],
    );
    await tx.query(
      `INSERT INTO cashout_schedules (id, owner_id, payment_method_id, currency, frequency, weekdays, dates, time_of_day,
                                      time_zone, state, authorised_by, two_factor_since, next_date, next_at, look_at,
                                      created_at, updated_at)
       SELECT gen_random_uuid(), owner, id, 'EUR', 'daily', '{}', '{}', '09:00', 'UTC', 'active', $3,
              (SELECT two_factor_enabled_at FROM users WHERE id = $3), $4, $5, $5, now(), now()
         FROM unnest($1::uuid[], $2::uuid[]) AS m (id, owner)`,
      [methods, owners, userId, dueOn, `${dueOn}T09:00:00Z`],
    );
    const credit = owners.map((ownerId) => {
      return { account: { ownerId, kind: 'available' as const }, amount: Money.parse('100.00', 'EUR') };
    });
    const amount = Money.parse(String(100 * count), 'EUR').negate();
    const house = { account: { ownerId: null, kind: 'commission_expense' as const }, amount };
    await app.app
      .get(Ledger)
      .post(tx, { kind: 'bill', reference: randomUUID(), entries: [house, ...credit] });
  });
}

/** How many schedules, runs by outcome, cash-outs and journals of them there are, and what is available in all. */
export async function figuresOf({ db }: Pick<TestApp, 'db'>): Promise<object> {
  const [figures] = await db.query<[object]>(
    `SELECT (SELECT count(*)::int FROM cashout_schedules) AS schedules,
            (SELECT count(*)::int FROM cashout_schedule_runs WHERE outcome = 'requested') AS requested,
            (SELECT count(*)::int FROM cashout_schedule_runs WHERE outcome = 'missed') AS missed,
            (SELECT count(*)::int FROM cashout_schedule_runs WHERE outcome NOT IN ('requested', 'missed')) AS others,
            (SELECT count(*)::int FROM cashouts) AS cashouts,
            (SELECT count(*)::int FROM ledger_journals WHERE kind = 'cashout_request') AS journals,
            (SELECT coalesce(sum(balance_minor), 0)::bigint::text FROM ledger_accounts WHERE kind = 'available') AS available`,
  );
  return figures;
}
