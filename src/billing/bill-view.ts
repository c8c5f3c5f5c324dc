import { Money, type MoneyDto } from '../platform/index.js';
import type { BillCorrection } from './bill-correction.entity.js';
import type { BillHold } from './bill-hold.entity.js';
import type { BillLine } from './bill-line.entity.js';
import type { Bill } from './bill.entity.js';
import type { BillCorrectionDto, BillDto, BillLineDto, BillPayoutDto, BillSummaryDto } from './bills.dto.js';

/** What stands elsewhere about bills, by id: names of what they point to, what holds them now, and payouts in coins. */
export interface AboutBills {
  readonly partners: ReadonlyMap<string, string>;
  readonly brands: ReadonlyMap<string, string>;
  readonly plans: ReadonlyMap<string, string>;
  readonly payouts: ReadonlyMap<string, BillPayoutDto>;
  readonly holds: ReadonlyMap<string, readonly BillHold[]>;
}

function money(minor: string, currency: string): MoneyDto {
  return Money.of(BigInt(minor), currency).toJSON();
}

/** A bill as lists show it. */
export function toBillSummary(bill: Bill, about: AboutBills): BillSummaryDto {
  const { id, currency, state, createdAt, approvedOnceAt, processedAt, cancelReason } = bill;
  return {
    id,
    partner: { id: bill.partnerId, name: about.partners.get(bill.partnerId) ?? '' },
    brand: { id: bill.brandId, name: about.brands.get(bill.brandId) ?? '' },
    plan: { id: bill.planId, name: about.plans.get(bill.planId) ?? '', version: bill.planVersion },
    state,
    holds: (about.holds.get(id) ?? []).map(({ reason, until, placedAt }) => ({ reason, until, placedAt })),
    period: {
      start: bill.periodStart,
      end: bill.periodEnd,
      firstDay: bill.firstDay,
      lastDay: bill.lastDay,
      timeZone: bill.timeZone,
    },
    issued: money(bill.issuedMinor, currency),
    payable: money(bill.payableMinor, currency),
    payout: about.payouts.get(bill.id) ?? null,
    createdAt,
    approvedOnceAt,
    processedAt,
    cancelReason,
  };
}

/** A bill with everything on it. */
export function toBill(
  bill: Bill,
  lines: readonly BillLine[],
  corrections: readonly BillCorrection[],
  about: AboutBills,
): BillDto {
  return {
    ...toBillSummary(bill, about),
    lines: lines.map((line) => toLine(line, bill.currency)),
    corrections: corrections.map((correction) => toCorrection(correction, bill.currency)),
  };
}

/** A line as bills show it. */
export function toLine(line: BillLine, currency: string): BillLineDto {
  const { id, kind, periodStart, strategy, campaignId, promoId, rate, explanation } = line;
  return {
    ...{ id, kind, periodStart, strategy, campaignId, promoId },
    quantity: Number(line.quantity),
    base: line.baseMinor === null ? null : money(line.baseMinor, currency),
    rate,
    amount: money(line.amountMinor, currency),
    explanation,
  };
}

function toCorrection(correction: BillCorrection, currency: string): BillCorrectionDto {
  const { id, type, comment, createdAt } = correction;
  return { id, type, amount: money(correction.amountMinor, currency), comment, createdAt };
}
