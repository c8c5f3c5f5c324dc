import { Money, type MoneyDto } from '../platform/index.js';
import type { BillCorrection } from './bill-correction.entity.js';
import type { BillLine } from './bill-line.entity.js';
import type { Bill } from './bill.entity.js';
import type { BillCorrectionDto, BillDto, BillLineDto, BillSummaryDto } from './bills.dto.js';

/** Names of the things that bills point to, by id. */
export interface BillNames {
  readonly partners: ReadonlyMap<string, string>;
  readonly brands: ReadonlyMap<string, string>;
  readonly plans: ReadonlyMap<string, string>;
}

function money(minor: string, currency: string): MoneyDto {
  return Money.of(BigInt(minor), currency).toJSON();
}

/** A bill as lists show it. */
export function toBillSummary(bill: Bill, names: BillNames): BillSummaryDto {
  const { id, currency, state, createdAt, processedAt, cancelReason } = bill;
  return {
    id,
    partner: { id: bill.partnerId, name: names.partners.get(bill.partnerId) ?? '' },
    brand: { id: bill.brandId, name: names.brands.get(bill.brandId) ?? '' },
    plan: { id: bill.planId, name: names.plans.get(bill.planId) ?? '', version: bill.planVersion },
    state,
    period: {
      start: bill.periodStart,
      end: bill.periodEnd,
      firstDay: bill.firstDay,
      lastDay: bill.lastDay,
      timeZone: bill.timeZone,
    },
    issued: money(bill.issuedMinor, currency),
    payable: money(bill.payableMinor, currency),
    createdAt,
    processedAt,
    cancelReason,
  };
}

/** A bill with everything on it. */
export function toBill(
  bill: Bill,
  lines: readonly BillLine[],
  corrections: readonly BillCorrection[],
  names: BillNames,
): BillDto {
  return {
    ...toBillSummary(bill, names),
    lines: lines.map((line) => toLine(line, bill.currency)),
    corrections: corrections.map((correction) => toCorrection(correction, bill.currency)),
  };
}

function toLine(line: BillLine, currency: string): BillLineDto {
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
