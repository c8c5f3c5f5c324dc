import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CommissionPlans } from '../commissions/index.js';
import { Clock, type DomainError, Money, type Tx, UnitOfWork } from '../platform/index.js';
import { Ledger } from '../wallet/index.js';
import { noPayoutRate, payoutTooLarge } from './billing.errors.js';
import type { BillPayoutDto } from './bills.dto.js';
import { convertMoney, shownRate } from './exchange-rates/domain/convert.js';
import { ExchangeRates, pairOf, type RateOn } from './exchange-rates/exchange-rates.service.js';

/** A bill as far as its payout needs it. */
export interface PayableBill {
  readonly id: string;
  readonly planId: string;
  readonly currency: string;
  /** The period's last day, YYYY-MM-DD: its rate is the bill's. */
  readonly lastDay: string;
  /** Decimal text. */
  readonly payableMinor: string;
}

interface PayoutRow {
  bill_id: string;
  currency: string;
  rate_day: string;
  fiat_per_euro: string;
  coin_per_euro: string;
  payable_minor: string;
  fiat_rate_by: string | null;
  coin_rate_by: string | null;
}

/** What a bill pays in the coin of its plan. */
export interface CoinPayout {
  readonly coin: string;
  /** Null where no rate of the period's end is known, or no balance could hold it. */
  readonly payable: Money | null;
  /** Ids of the users who entered its rates; null for what nobody entered. */
  readonly ratesBy: readonly (string | null)[];
}

const BILLS_PER_TRANSACTION = 1_000;
/** Widest amount the ledger's columns hold. */
const LARGEST_MINOR = 2n ** 63n - 1n;

const COLUMNS = `bill_id, currency, rate_day::text AS rate_day, fiat_per_euro::text AS fiat_per_euro,
  coin_per_euro::text AS coin_per_euro, payable_minor, fiat_rate_by, coin_rate_by`;
const WAITING = `
  FROM bills AS bill
 WHERE bill.state IN ('pending', 'on_hold') AND NOT EXISTS (SELECT FROM bill_payouts WHERE bill_id = bill.id)`;

/**
 * What bills come to in the coin that their plan pays out (A13, rule 3.7). A bill's rate is fixed once: when it is issued,
 * or, where no rate of its period's end was known then, as soon as one is; at the latest by its approval.
 */
@Injectable()
export class BillPayouts {
  constructor(
    private readonly rates: ExchangeRates,
    private readonly plans: CommissionPlans,
    private readonly ledger: Ledger,
    private readonly unitOfWork: UnitOfWork,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Payouts by bill, of those bills that are paid out in a coin. */
  async of(
    db: EntityManager,
    bills: readonly (PayableBill & { readonly issuedMinor: string })[],
  ): Promise<ReadonlyMap<string, BillPayoutDto>> {
    const coins = await this.plans.payoutCurrencies(db);
    const paidInCoins = bills.filter(({ planId }) => coins.has(planId));
    if (paidInCoins.length === 0) return new Map();
    const byBill = await this.fixedOf(
      db,
      paidInCoins.map(({ id }) => id),
    );
    return new Map(
      paidInCoins.map((bill) => {
        const row = byBill.get(bill.id);
        const issued = Money.of(BigInt(bill.issuedMinor), bill.currency);
        return [bill.id, row ? toPayout(row, issued) : openPayout(coins.get(bill.planId)!)];
      }),
    );
  }

  /**
   * Looks a last time for the rates of those bills that have none, before they are approved, and tells what all of them
   * pay that are paid in a coin. The caller has locked their rows.
   */
  async settle(tx: Tx, bills: readonly PayableBill[]): Promise<ReadonlyMap<string, CoinPayout>> {
    const coins = await this.plans.payoutCurrencies(tx);
    const inCoins = bills.filter(({ planId }) => coins.has(planId));
    const ids = inCoins.map(({ id }) => id);
    let fixed = await this.fixedOf(tx, ids);
    const open = inCoins.filter(({ id }) => !fixed.has(id));
    for (const bill of open) {
      const rate = await this.findRate(tx, bill, coins.get(bill.planId)!);
      if (rate) await this.fix(tx, [bill], rate);
    }
    if (open.length > 0) fixed = await this.fixedOf(tx, ids);
    return new Map(inCoins.map(({ id, planId }) => [id, coinPayout(coins.get(planId)!, fixed.get(id))]));
  }

  /**
   * Credits what the bills pay, whose rows the caller has locked: each its payable amount, or what that comes to in coin.
   * @param payouts by {@link settle}
   * @returns by bill the amount, or NO_PAYOUT_RATE (422) for those that could not be credited
   */
  async creditAll(
    tx: Tx,
    bills: readonly (PayableBill & { readonly partnerId: string })[],
    payouts: ReadonlyMap<string, CoinPayout>,
  ): Promise<Map<string, Money | DomainError>> {
    const amounts = new Map(bills.map((bill) => [bill.id, amountOf(bill, payouts.get(bill.id))]));
    const credits = bills.flatMap(({ id, partnerId }) => {
      const amount = amounts.get(id);
      if (!(amount instanceof Money) || amount.isZero()) return [];
      return [{ ownerId: partnerId, amount, kind: 'bill' as const, reference: id }];
    });
    await this.ledger.creditAll(tx, credits);
    return amounts;
  }

  /**
   * Brings the coin amount to what the bill pays now; its rate stays.
   * @throws DomainError INVALID_AMOUNT (422) where the ledger could not hold it
   */
  async reprice(tx: Tx, billId: string, payable: Money): Promise<void> {
    const fixed = (await this.fixedOf(tx, [billId])).get(billId);
    if (!fixed) return;
    const { minor } = convertMoney(payable, pairOfRow(fixed), fixed.currency);
    if (minor > LARGEST_MINOR) throw payoutTooLarge(fixed.currency);
    await tx.query('UPDATE bill_payouts SET payable_minor = $2 WHERE bill_id = $1', [
      billId,
      minor.toString(),
    ]);
  }

  /** Fixes the rate of every open bill that has none and for whose period's end one is known by now. */
  async fixWaiting(): Promise<void> {
    const coins = await this.plans.payoutCurrencies(this.dataSource.manager);
    if (coins.size === 0) return;
    const ends = await this.dataSource.query<Omit<PayableBill, 'id' | 'payableMinor'>[]>(
      `SELECT DISTINCT plan_id AS "planId", currency, last_day::text AS "lastDay" ${WAITING} AND plan_id = ANY($1)`,
      [[...coins.keys()]],
    );
    for (const end of ends) {
      const rate = await this.findRate(this.dataSource.manager, end, coins.get(end.planId)!);
      if (rate) while ((await this.fixSome(end, rate)) === BILLS_PER_TRANSACTION);
    }
  }

  private async fixSome(
    { planId, lastDay }: Pick<PayableBill, 'planId' | 'lastDay'>,
    rate: RateOn,
  ): Promise<number> {
    return this.unitOfWork.run(async (tx) => {
      const bills = await tx.query<PayableBill[]>(
        `SELECT id, payable_minor AS "payableMinor", currency ${WAITING} AND plan_id = $1 AND last_day = $2
          ORDER BY id LIMIT ${BILLS_PER_TRANSACTION} FOR UPDATE`,
        [planId, lastDay],
      );
      return this.fix(tx, bills, rate);
    });
  }

  /**
   * Writes the rate down and who entered it, unless it was just done, for those bills whose amounts the ledger can hold:
   * how many these are.
   */
  private async fix(tx: Tx, bills: readonly PayableBill[], rate: RateOn): Promise<number> {
    const { currency } = rate.to;
    const payouts = bills
      .map(({ id, payableMinor, currency: fiat }) => ({
        bill_id: id,
        minor: convertMoney(Money.of(BigInt(payableMinor), fiat), pairOf(rate), currency).minor,
      }))
      .filter(({ minor }) => minor <= LARGEST_MINOR);
    const rows = payouts.map(({ bill_id, minor }) => ({ bill_id, payable_minor: minor.toString() }));
    await tx.query(
      `INSERT INTO bill_payouts (bill_id, currency, rate_day, fiat_per_euro, coin_per_euro, payable_minor, fixed_at,
                                 fiat_rate_by, coin_rate_by)
       SELECT bill_id, $2, $3, $4, $5, payable_minor, $6, $7, $8
         FROM json_to_recordset($1) AS payout (bill_id uuid, payable_minor bigint)
       ON CONFLICT (bill_id) DO NOTHING`,
      [
        JSON.stringify(rows),
        currency,
        rate.rateDay,
        rate.from.perEuro,
        rate.to.perEuro,
        this.clock.now(),
        rate.from.enteredBy,
        rate.to.enteredBy,
      ],
    );
    return rows.length;
  }

  /** The rate of a period's end, or null where none is near enough. */
  private findRate(
    db: EntityManager,
    { currency, lastDay }: Pick<PayableBill, 'currency' | 'lastDay'>,
    coin: string,
  ): Promise<RateOn | null> {
    return this.rates.findNearRateOn(db, lastDay, currency, coin);
  }

  /** Rates that are fixed, by bill. */
  private async fixedOf(db: EntityManager, billIds: readonly string[]): Promise<Map<string, PayoutRow>> {
    if (billIds.length === 0) return new Map();
    const rows = await db.query<PayoutRow[]>(`SELECT ${COLUMNS} FROM bill_payouts WHERE bill_id = ANY($1)`, [
      billIds,
    ]);
    return new Map(rows.map((row) => [row.bill_id, row]));
  }
}

function payableOf({ payableMinor, currency }: Pick<PayableBill, 'payableMinor' | 'currency'>): Money {
  return Money.of(BigInt(payableMinor), currency);
}

function coinPayout(coin: string, row: PayoutRow | undefined): CoinPayout {
  if (!row) return { coin, payable: null, ratesBy: [] };
  const payable = Money.of(BigInt(row.payable_minor), coin);
  return { coin, payable, ratesBy: [row.fiat_rate_by, row.coin_rate_by] };
}

/** What is credited for a bill; nothing is nothing in any coin. */
function amountOf(bill: PayableBill, payout: CoinPayout | undefined): Money | DomainError {
  const payable = payableOf(bill);
  if (!payout || payable.isZero()) return payable;
  return payout.payable ?? noPayoutRate(payout.coin, bill.currency, bill.lastDay);
}

function pairOfRow({ fiat_per_euro, coin_per_euro }: PayoutRow) {
  return { fromPerEuro: fiat_per_euro, toPerEuro: coin_per_euro };
}

function toPayout(row: PayoutRow, issued: Money): BillPayoutDto {
  return {
    currency: row.currency,
    issued: convertMoney(issued, pairOfRow(row), row.currency).toJSON(),
    payable: Money.of(BigInt(row.payable_minor), row.currency).toJSON(),
    rate: shownRate(pairOfRow(row)),
    rateDay: row.rate_day,
  };
}

/** No rate is known yet. */
function openPayout(currency: string): BillPayoutDto {
  return { currency, issued: null, payable: null, rate: null, rateDay: null };
}
