import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type ErasureObstacle, type HeldTable, PersonalData } from '../identity/index.js';
import { Money, readRows, type Tx } from '../platform/index.js';

const ACCOUNTS = 'bills are part of the accounts; they name the partner by its id only';

const TABLES: readonly HeldTable[] = [
  { table: 'bills', file: 'bills', onErasure: 'kept', keptBecause: ACCOUNTS },
  { table: 'bill_lines', file: 'bill-lines', onErasure: 'kept', keptBecause: ACCOUNTS },
  { table: 'bill_explanations', file: 'bill-lines', onErasure: 'kept', keptBecause: ACCOUNTS },
  { table: 'bill_corrections', file: 'bill-corrections', onErasure: 'kept', keptBecause: ACCOUNTS },
  { table: 'bill_payouts', file: 'bill-payouts', onErasure: 'kept', keptBecause: ACCOUNTS },
  { table: 'bill_holds', file: 'bill-holds', onErasure: 'kept', keptBecause: ACCOUNTS },
  { table: 'billing_positions', file: 'carry-overs', onErasure: 'kept', keptBecause: ACCOUNTS },
  { table: 'player_qualifications', file: 'qualifications', onErasure: 'kept', keptBecause: ACCOUNTS },
  {
    table: 'bill_approval_items',
    file: null,
    because: 'how operators worked through the bills, which are given',
    onErasure: 'kept',
    keptBecause: ACCOUNTS,
  },
  {
    table: 'bill_approval_runs',
    file: null,
    because: 'for bills of many partners together',
    onErasure: 'kept',
    keptBecause: 'names operators only, and the partner’s id where it was filtered by',
  },
  {
    table: 'bill_runs',
    file: null,
    because: 'runs for all partners together',
    onErasure: 'kept',
    keptBecause: 'names operators and the last partner’s id only',
  },
  {
    table: 'exchange_rates',
    file: null,
    because: 'the same for all partners',
    onErasure: 'kept',
    keptBecause: 'names operators only',
  },
];

const BILLS = `
  SELECT id, state, brand_id AS "brandId", plan_id AS "planId", plan_version AS "planVersion", currency,
         first_day::text AS "firstDay", last_day::text AS "lastDay", time_zone AS "timeZone",
         issued_minor, payable_minor, cancel_reason AS "cancelReason", created_at AS "createdAt",
         processed_at AS "processedAt"
    FROM bills WHERE partner_id = $1 ORDER BY id`;

const LINES = `
  SELECT l.id, l.bill_id AS "billId", l.position, l.kind, l.period_start AS "periodStart", l.strategy,
         l.campaign_id AS "campaignId", l.promo_id AS "promoId", l.quantity, l.rate, b.currency, l.base_minor,
         l.amount_minor,
         CASE l.kind WHEN 'period' THEN coalesce(e.shared -> split_part(l.line_key, ':', 1), '{}') ELSE '{}' END
           || l.explanation AS explanation
    FROM bills b JOIN bill_lines l ON l.bill_id = b.id LEFT JOIN bill_explanations e ON e.bill_id = b.id
   WHERE b.partner_id = $1 ORDER BY b.id, l.position`;

const CORRECTIONS = `
  SELECT c.id, c.bill_id AS "billId", c.type, b.currency, c.amount_minor, c.comment, c.created_at AS "createdAt"
    FROM bills b JOIN bill_corrections c ON c.bill_id = b.id WHERE b.partner_id = $1 ORDER BY c.id`;

const PAYOUTS = `
  SELECT p.bill_id AS "billId", p.currency, p.payable_minor, p.rate_day::text AS "rateDay",
         p.fiat_per_euro::text AS "fiatPerEuro", p.coin_per_euro::text AS "coinPerEuro"
    FROM bills b JOIN bill_payouts p ON p.bill_id = b.id WHERE b.partner_id = $1 ORDER BY b.id`;

const HOLDS = `
  SELECT h.bill_id AS "billId", h.reason, h.until, h.placed_at AS "placedAt", h.lifted_at AS "liftedAt"
    FROM bills b JOIN bill_holds h ON h.bill_id = b.id WHERE b.partner_id = $1 ORDER BY b.id, h.reason`;

const CARRY_OVERS = `
  SELECT plan_id AS "planId", brand_id AS "brandId", currency, carry_minor
    FROM billing_positions WHERE partner_id = $1 ORDER BY plan_id, brand_id, currency`;

const QUALIFICATIONS = `
  SELECT plan_id AS "planId", player_id AS "playerId", campaign_id AS "campaignId", promo_id AS "promoId",
         qualified_at AS "qualifiedAt", bill_id AS "billId", revoked_at AS "revokedAt"
    FROM player_qualifications WHERE partner_id = $1 ORDER BY plan_id, player_id`;

/** Bills with all that they consist of; they stay as they are. */
@Injectable()
export class BillingPersonalData implements OnModuleInit {
  constructor(private readonly personalData: PersonalData) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'billing',
      tables: TABLES,
      files: {
        bills: (tx, partnerId) => withAmounts(tx, BILLS, partnerId),
        'bill-lines': (tx, partnerId) => withAmounts(tx, LINES, partnerId),
        'bill-corrections': (tx, partnerId) => withAmounts(tx, CORRECTIONS, partnerId),
        'bill-payouts': (tx, partnerId) => withAmounts(tx, PAYOUTS, partnerId),
        'bill-holds': (tx, partnerId) => readRows(tx, HOLDS, [partnerId]),
        'carry-overs': (tx, partnerId) => withAmounts(tx, CARRY_OVERS, partnerId),
        qualifications: (tx, partnerId) => readRows(tx, QUALIFICATIONS, [partnerId]),
      },
      obstacles,
    });
  }
}

/** Bills that are not decided would be paid into a wallet that nobody can open any more. */
async function obstacles(tx: Tx, partnerId: string): Promise<ErasureObstacle[]> {
  const [{ open }] = await tx.query<[{ open: number }]>(
    `SELECT count(*)::int AS open FROM bills WHERE partner_id = $1 AND state IN ('pending', 'on_hold')`,
    [partnerId],
  );
  if (open === 0) return [];
  const message = open === 1 ? 'A bill waits for its decision.' : `${open} bills wait for their decision.`;
  return [{ code: 'OPEN_BILLS', message, waivable: true }];
}

/** Rows of a query, their columns `…_minor` shown as amounts of the row's currency. */
async function* withAmounts(tx: Tx, sql: string, partnerId: string): AsyncGenerator<object> {
  for await (const row of readRows<Record<string, string | null> & { currency: string }>(tx, sql, [
    partnerId,
  ])) {
    const columns = Object.entries(row).map(([name, value]): [string, unknown] =>
      name.endsWith('_minor')
        ? [name.replace('_minor', ''), value === null ? null : Money.of(BigInt(value), row.currency).toJSON()]
        : [name, value],
    );
    yield Object.fromEntries(columns);
  }
}
