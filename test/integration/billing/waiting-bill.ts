import { randomUUID } from 'node:crypto';
import type { Tx } from '../../../src/platform/index.js';
import type { TestApp } from '../../support/app.js';
import type { Program } from '../../support/program.js';

/** Writes a run that is over, for bills to be of; gives its id. */
export async function finishedRun(tx: Tx): Promise<string> {
  const runId = randomUUID();
  await tx.query(
    `INSERT INTO bill_runs (id, through, source, state, created_at, finished_at)
     VALUES ($1, '2026-12-31', 'command', 'finished', now(), now())`,
    [runId],
  );
  return runId;
}

/** Writes a bill that waits for its approval, as a run would have issued it; gives its id. */
export async function waitingBill(
  { db }: TestApp,
  { planId, brandId }: Program,
  { partnerId, minor, currency = 'EUR' }: { partnerId: string; minor: number; currency?: string },
): Promise<string> {
  const billId = randomUUID();
  await db.transaction(async (tx) => {
    const runId = await finishedRun(tx);
    await tx.query(
      `INSERT INTO bills (id, partner_id, plan_id, plan_version, brand_id, currency, period_start, period_end, time_zone,
                          first_day, last_day, state, issued_minor, payable_minor, run_id, created_at)
       VALUES ($1, $2, $3, 1, $4, $5, '2026-01-01Z', '2026-02-01Z', 'UTC', '2026-01-01', '2026-01-31', 'pending', $6, $6,
               $7, now())`,
      [billId, partnerId, planId, brandId, currency, minor, runId],
    );
    await tx.query(
      `INSERT INTO bill_lines (id, bill_id, partner_id, plan_id, position, kind, period_start, line_key, quantity,
                               amount_minor, explanation)
       VALUES (gen_random_uuid(), $1, $2, $3, 1, 'period', '2026-01-01Z', 'line', 1, $4, '{}')`,
      [billId, partnerId, planId, minor],
    );
  });
  return billId;
}
