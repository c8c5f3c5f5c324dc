import { randomUUID } from 'node:crypto';
import { DateTime } from 'luxon';
import type { TestApp } from '../../support/app.js';
import type { Program } from '../../support/program.js';
import { finishedRun } from '../billing/waiting-bill.js';

/** Months of the plans of `makeProgram`. */
export const monthStart = (month: string): Date =>
  DateTime.fromISO(`${month}-01`, { zone: 'Europe/Berlin' }).toJSDate();

export interface BilledLine {
  partnerId: string;
  /** 2026-01 */
  month: string;
  /** Above zero. */
  minor: bigint;
  /** Of the first strategy unless it says so. */
  lineKey?: string;
  strategy?: string;
  campaignId?: string;
  promoId?: string;
  state?: 'pending' | 'cancelled';
}

/** Puts bills as runs would have made them into the database: one of each partner, month and state. */
export async function billed(
  { db }: TestApp,
  { planId, brandId }: Pick<Program, 'planId' | 'brandId'>,
  lines: readonly BilledLine[],
): Promise<void> {
  const keyed = lines.map((line) => ({
    ...line,
    bill: `${line.partnerId} ${line.month} ${line.state ?? 'pending'}`,
  }));
  const bills = [...Map.groupBy(keyed, ({ bill }) => bill).entries()].map(([key, own]) => {
    const { partnerId, month, state = 'pending' } = own[0]!;
    const start = DateTime.fromISO(`${month}-01`, { zone: 'Europe/Berlin' });
    const end = start.plus({ months: 1 });
    const issued = own.reduce((sum, { minor }) => sum + minor, 0n).toString();
    return {
      ...{ key, id: randomUUID(), partner: partnerId, state, issued },
      ...{
        start: start.toISO(),
        end: end.toISO(),
        first: start.toISODate(),
        last: end.minus({ days: 1 }).toISODate(),
      },
    };
  });
  const billIds = new Map(bills.map(({ key, id }) => [key, id]));
  await db.transaction(async (tx) => {
    const runId = await finishedRun(tx);
    await tx.query(
      `INSERT INTO bills (id, partner_id, plan_id, plan_version, brand_id, currency, period_start, period_end, time_zone,
                          first_day, last_day, state, issued_minor, payable_minor, run_id, created_at, cancel_reason,
                          processed_at)
       SELECT id, partner, $2, 1, $3, 'EUR', start, "end", 'Europe/Berlin', first, last, state, issued, issued, $4, now(),
              CASE state WHEN 'cancelled' THEN 'Not as agreed' END, CASE state WHEN 'cancelled' THEN now() END
         FROM jsonb_to_recordset($1::jsonb) AS bill (id uuid, partner uuid, state text, issued bigint, start timestamptz,
              "end" timestamptz, first date, last date)`,
      [JSON.stringify(bills), planId, brandId, runId],
    );
    await tx.query(
      `INSERT INTO bill_lines (id, bill_id, partner_id, plan_id, position, kind, period_start, line_key, strategy,
                               campaign_id, promo_id, quantity, amount_minor, explanation)
       SELECT gen_random_uuid(), bill, partner, $2, 1, 'period', start, key, strategy, campaign, promo, 1, minor, '{}'
         FROM jsonb_to_recordset($1::jsonb) AS line (bill uuid, partner uuid, start timestamptz, key text, strategy text,
              campaign uuid, promo uuid, minor bigint)`,
      [
        JSON.stringify(
          keyed.map((line, index) => ({
            bill: billIds.get(line.bill),
            partner: line.partnerId,
            start: monthStart(line.month),
            key: line.lineKey ?? `0:line-${index}`,
            strategy: line.strategy ?? 'cpa',
            campaign: line.campaignId,
            promo: line.promoId,
            minor: line.minor.toString(),
          })),
        ),
        planId,
      ],
    );
  });
}
