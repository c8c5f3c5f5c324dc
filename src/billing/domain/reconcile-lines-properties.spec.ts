import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { due, entry, month, reconcile } from '../../../test/support/reconciliation.js';
import { type BilledLine, type PlannedLine, totalMinor } from './bill-lines.js';
import type { PlannedBill } from './reconcile-lines.js';

describe('A13 reconciling bills with the facts: properties', () => {
  const amountsFrom = (min: bigint) =>
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.bigInt({ min, max: 900n }), { maxKeys: 3 });
  const stepsOf = (monthly: ReturnType<typeof amountsFrom>) => {
    const months = fc.array(monthly, { minLength: 4, maxLength: 4 });
    /** What the facts give for four months by then, how many of them have closed, and a bill to cancel afterwards. */
    const step = fc.record({ months, closed: fc.nat({ max: 4 }), cancel: fc.option(fc.nat({ max: 3 })) });
    return { months, steps: fc.array(step, { maxLength: 6 }) };
  };
  const any = stepsOf(amountsFrom(-900n));

  /** Runs and cancellations, then the truth, and a fifth month so good that all debts are paid. */
  const settle = (steps: Step[], truth: Record<string, bigint>[], carryOver: boolean): Books => {
    const books = new Books(carryOver);
    books.follow(steps);
    books.run(truth, 4);
    books.run([...truth, { z: 1_000_000n }], 5);
    expect(books.carryMinor).toBe(0n);
    const paid = truth.reduce((sum, _lines, index) => sum + books.paidFor(index), 0n);
    expect(books.issuedMinor).toBe(paid + 1_000_000n);
    return books;
  };

  it('pays what the facts give, whatever was billed on the way; between nothing and that where it was cancelled', () => {
    fc.assert(
      fc.property(any.steps, any.months, fc.boolean(), (steps, truth, carryOver) => {
        const books = settle(steps, truth, carryOver);
        for (const [index, lines] of truth.entries()) {
          const total = Object.values(lines).reduce((sum, amount) => sum + amount, 0n);
          const due = total < 0n && !carryOver ? 0n : total;
          const paid = books.paidFor(index);
          if (!books.isCancelled(index)) expect(paid).toBe(due);
          else if (due < 0n) expect(paid >= due && paid <= 0n).toBe(true);
          else expect(paid >= 0n && paid <= due).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leaves no credit unbilled after any cancellation, though nothing is earned any more', () => {
    fc.assert(
      fc.property(
        ...[any.steps, any.months, fc.nat({ max: 3 }), fc.boolean()],
        (steps, truth, cancelled, carryOver) => {
          const books = new Books(carryOver);
          books.follow(steps);
          books.run(truth, 4);
          books.cancel(cancelled);
          books.run([...truth, {}], 5);
          const paid = truth.reduce((sum, _lines, index) => sum + books.paidFor(index), 0n);
          expect(books.carryMinor <= 0n).toBe(true);
          expect(books.issuedMinor).toBe(paid - books.carryMinor);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('pays for each line what goes beyond the cancelled one', () => {
    const gains = stepsOf(amountsFrom(1n));
    fc.assert(
      fc.property(gains.steps, gains.months, fc.boolean(), (steps, truth, carryOver) => {
        const books = settle(steps, truth, carryOver);
        for (const [index, lines] of truth.entries()) {
          const beyond = Object.entries(lines).map(([key, amount]) => {
            const named = books.cancelledFor(index, key);
            return amount > named ? amount - named : 0n;
          });
          expect(books.paidFor(index)).toBe(beyond.reduce((sum, amount) => sum + amount, 0n));
        }
      }),
      { numRuns: 300 },
    );
  });
});

interface Step {
  months: Record<string, bigint>[];
  closed: number;
  cancel: number | null;
}

/** Keeps in memory what the database keeps: bills made, cancelled or not, and the carry. */
class Books {
  carryMinor = 0n;
  private readonly bills: (PlannedBill & { cancelled: boolean })[] = [];
  private closed = 0;

  constructor(private readonly negativeCarryOver: boolean) {}

  get issuedMinor(): bigint {
    return this.bills.reduce((sum, bill) => sum + (bill.cancelled ? 0n : bill.issuedMinor), 0n);
  }

  follow(steps: readonly Step[]): void {
    for (const { months, closed, cancel } of steps) {
      this.run(months, closed);
      if (cancel !== null) this.cancel(cancel);
    }
  }

  run(months: Record<string, bigint>[], closed: number): void {
    this.closed = Math.max(this.closed, closed);
    const periods = months.slice(0, this.closed).map((amounts, index) => {
      const calculated = Object.entries(amounts).map(([key, amount]) => due(key, amount));
      return {
        ...entry(month(index + 1), calculated, summed(this.linesFor(index, false))),
        cancelled: this.linesFor(index, true).filter(({ kind }) => kind === 'period'),
        hasBill: this.billOf(index) !== undefined,
      };
    });
    const result = reconcile(periods, this.carryMinor, this.negativeCarryOver);
    if (result.outcome === 'deferred') return;
    this.carryMinor = result.carryMinor;
    for (const bill of result.bills) {
      expect(bill.issuedMinor).toBe(totalMinor(bill.lines));
      expect(bill.issuedMinor >= 0n).toBe(true);
      this.bills.push({ ...bill, cancelled: false });
    }
  }

  /** Cancels the month's bill, if it has one. */
  cancel(index: number): void {
    const bill = this.billOf(index);
    if (!bill || bill.cancelled) return;
    bill.cancelled = true;
    this.carryMinor += totalMinor(bill.lines.filter(({ kind }) => kind.startsWith('carry_')));
  }

  isCancelled(index: number): boolean {
    return this.billOf(index)?.cancelled ?? false;
  }

  /** What bills that are not cancelled hold for the month. */
  paidFor(index: number): bigint {
    return totalMinor(this.linesFor(index, false));
  }

  cancelledFor(index: number, key: string): bigint {
    return totalMinor(
      this.linesFor(index, true).filter(({ kind, lineKey }) => kind === 'period' && lineKey === key),
    );
  }

  private billOf(index: number): (PlannedBill & { cancelled: boolean }) | undefined {
    return this.bills.find(({ period }) => period.start.getUTCMonth() === index);
  }

  private linesFor(index: number, ofCancelled: boolean): PlannedLine[] {
    return this.bills
      .filter(({ cancelled }) => cancelled === ofCancelled)
      .flatMap(({ lines }) => lines)
      .filter(({ kind, periodStart }) => !kind.startsWith('carry_') && periodStart.getUTCMonth() === index);
  }
}

function summed(lines: readonly PlannedLine[]): BilledLine[] {
  const byKey = Map.groupBy(lines, ({ lineKey }) => lineKey);
  return [...byKey.values()].map((same) => ({ ...same[0]!, amountMinor: totalMinor(same) }));
}
