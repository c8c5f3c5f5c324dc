import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BilledLine, type CalculatedLine, totalMinor } from './bill-lines.js';
import { type PeriodToReconcile, type PlannedBill, reconcileLines } from './reconcile-lines.js';

const month = (number: number) => ({
  start: new Date(Date.UTC(2026, number - 1, 1)),
  end: new Date(Date.UTC(2026, number, 1)),
});
const OCTOBER = month(10);
const NOVEMBER = month(11);

const subject = (key: string) => ({ lineKey: key, strategy: 'cpa', campaignId: 'c', promoId: key });
const due = (key: string, amountMinor: bigint, quantity = 1n): CalculatedLine => ({
  ...subject(key),
  quantity,
  baseMinor: null,
  rate: '10.00 EUR per player',
  amountMinor,
  explanation: { formula: 'cpa' },
});
const billed = (key: string, amountMinor: bigint, quantity = 1n): BilledLine => ({
  ...subject(key),
  quantity,
  baseMinor: null,
  amountMinor,
});
type Entry = Omit<PeriodToReconcile, 'negativeCarryOver'>;
const entry = (
  period: { start: Date; end: Date },
  calculated: CalculatedLine[],
  alreadyBilled: BilledLine[] | null,
): Entry => ({
  period,
  calculated,
  billed: alreadyBilled ?? [],
  hasBill: alreadyBilled !== null,
});

function reconcile(entries: Entry[], carryMinor = 0n, negativeCarryOver = true) {
  const periods = entries.map((each) => ({ ...each, negativeCarryOver }));
  return reconcileLines({ periods, carryMinor, currency: 'EUR' });
}

/** The parts that the cases state: month, issued amount, and each line as kind, month, key and amount. */
function summary(bills: readonly PlannedBill[]) {
  const monthOf = (at: Date) => at.getUTCMonth() + 1;
  return bills.map(({ period, issuedMinor, lines }) => [
    monthOf(period.start),
    issuedMinor,
    lines.map((line) => `${line.kind} ${monthOf(line.periodStart)} ${line.lineKey} ${line.amountMinor}`),
  ]);
}

describe('A13 reconciling bills with the facts: cases', () => {
  const cases: {
    name: string;
    periods: Entry[];
    carry?: bigint;
    carryOver?: boolean;
    bills: unknown[];
    carryAfter: bigint;
  }[] = [
    { name: 'nothing due makes no bill', periods: [entry(OCTOBER, [], null)], bills: [], carryAfter: 0n },
    {
      name: 'a line of zero makes no bill',
      periods: [entry(OCTOBER, [due('a', 0n)], null)],
      bills: [],
      carryAfter: 0n,
    },
    {
      name: 'first run: 10.00 + 2.50 is issued as 12.50',
      periods: [entry(OCTOBER, [due('a', 1000n), due('b', 250n)], null)],
      bills: [[10, 1250n, ['period 10 a 1000', 'period 10 b 250']]],
      carryAfter: 0n,
    },
    {
      name: 'missed periods are billed oldest first',
      periods: [entry(OCTOBER, [due('a', 1000n)], null), entry(NOVEMBER, [due('a', 300n)], null)],
      bills: [
        [10, 1000n, ['period 10 a 1000']],
        [11, 300n, ['period 11 a 300']],
      ],
      carryAfter: 0n,
    },
    {
      name: 'corrected up after billing: 10.00 billed, 14.00 due gives +4.00 in November',
      periods: [
        entry(OCTOBER, [due('a', 1400n)], [billed('a', 1000n)]),
        entry(NOVEMBER, [due('a', 300n)], null),
      ],
      bills: [[11, 700n, ['period 11 a 300', 'adjustment 10 a 400']]],
      carryAfter: 0n,
    },
    {
      name: 'late activity of another promo: its whole amount is its own line',
      periods: [
        entry(OCTOBER, [due('a', 1000n), due('b', 55n)], [billed('a', 1000n)]),
        entry(NOVEMBER, [], null),
      ],
      bills: [[11, 55n, ['adjustment 10 b 55']]],
      carryAfter: 0n,
    },
    {
      name: 'duplicate flag after payment: −10.00 against +3.00 leaves −7.00 carried',
      periods: [entry(OCTOBER, [], [billed('a', 1000n)]), entry(NOVEMBER, [due('b', 300n)], null)],
      bills: [[11, 0n, ['period 11 b 300', 'adjustment 10 a -1000', 'carry_out 11 carry_out 700']]],
      carryAfter: -700n,
    },
    {
      name: 'carried debt of 7.00 is taken off the next bill of 9.00',
      periods: [entry(NOVEMBER, [due('a', 900n)], null)],
      carry: -700n,
      bills: [[11, 200n, ['period 11 a 900', 'carry_in 11 carry_in -700']]],
      carryAfter: 0n,
    },
    {
      name: 'debt larger than the bill stays carried',
      periods: [entry(NOVEMBER, [due('a', 900n)], null)],
      carry: -1000n,
      bills: [[11, 0n, ['period 11 a 900', 'carry_in 11 carry_in -1000', 'carry_out 11 carry_out 100']]],
      carryAfter: -100n,
    },
    {
      name: 'a negative period with carry-over: −5.00 is carried through to November',
      periods: [entry(OCTOBER, [due('a', -500n)], null), entry(NOVEMBER, [due('a', 800n)], null)],
      bills: [
        [10, 0n, ['period 10 a -500', 'carry_out 10 carry_out 500']],
        [11, 300n, ['period 11 a 800', 'carry_in 11 carry_in -500']],
      ],
      carryAfter: 0n,
    },
    {
      name: 'a negative period without carry-over counts as zero',
      periods: [entry(OCTOBER, [due('a', -500n)], null), entry(NOVEMBER, [due('a', 800n)], null)],
      carryOver: false,
      bills: [
        [10, 0n, ['period 10 a -500', 'not_carried 10 not_carried 500']],
        [11, 800n, ['period 11 a 800']],
      ],
      carryAfter: 0n,
    },
    {
      name: 'a period that was negative and is corrected to +2.00 takes the forgiven 5.00 back: 7.00 − 5.00',
      periods: [
        entry(
          OCTOBER,
          [due('a', 200n)],
          [billed('a', -500n), { ...billed('not_carried', 500n, 0n), strategy: null }],
        ),
        entry(NOVEMBER, [], null),
      ],
      carryOver: false,
      bills: [[11, 200n, ['adjustment 10 a 700', 'adjustment 10 not_carried -500']]],
      carryAfter: 0n,
    },
    {
      name: 'an overpaid period without carry-over is still recovered',
      periods: [
        entry(OCTOBER, [due('a', 400n)], [billed('a', 1000n)]),
        entry(NOVEMBER, [due('a', 100n)], null),
      ],
      carryOver: false,
      bills: [[11, 0n, ['period 11 a 100', 'adjustment 10 a -600', 'carry_out 11 carry_out 500']]],
      carryAfter: -500n,
    },
  ];

  it.each(cases)('$name', ({ periods, carry, carryOver, bills, carryAfter }) => {
    const result = reconcile(periods, carry, carryOver);
    if (result.outcome !== 'billed') throw new Error('deferred');
    expect(summary(result.bills)).toEqual(bills);
    expect(result.carryMinor).toBe(carryAfter);
  });

  it('waits when something differs and every period has its bill', () => {
    expect(reconcile([entry(OCTOBER, [due('a', 5n)], [])])).toEqual({ outcome: 'deferred' });
  });

  it('makes nothing when all is as billed', () => {
    const result = reconcile([entry(OCTOBER, [due('a', 5n)], [billed('a', 5n)])]);
    expect(result).toEqual({ outcome: 'billed', bills: [], carryMinor: 0n });
  });

  it('explains an adjustment by what is due, what was billed and the differences', () => {
    const periods = [
      entry(OCTOBER, [due('a', 3000n, 3n)], [billed('a', 1000n, 1n)]),
      entry(NOVEMBER, [], null),
    ];
    const result = reconcile(periods);
    const line = result.outcome === 'billed' ? result.bills[0]?.lines[0] : undefined;
    expect(line).toMatchObject({
      quantity: 2n,
      amountMinor: 2000n,
      strategy: 'cpa',
      campaignId: 'c',
      promoId: 'a',
    });
    expect(line?.explanation).toEqual({
      formula: 'adjustment',
      currency: 'EUR',
      period: { start: '2026-10-01T00:00:00.000Z', end: '2026-11-01T00:00:00.000Z' },
      nowDue: '30.00',
      alreadyBilled: '10.00',
      calculation: { formula: 'cpa' },
    });
  });
});

describe('A13 reconciling bills with the facts: properties', () => {
  const amounts = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.bigInt({ min: -900n, max: 900n }), {
    maxKeys: 3,
  });
  /** Each step is what the facts give for four months by then, and how many of them have closed. */
  const step = fc.record({
    months: fc.array(amounts, { minLength: 4, maxLength: 4 }),
    closed: fc.nat({ max: 4 }),
  });

  it('issues the same total whatever was billed on the way, and lines always add up', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 6 }),
        fc.array(amounts, { minLength: 4, maxLength: 4 }),
        fc.boolean(),
        (steps, truth, carryOver) => {
          const books = new Books(carryOver);
          for (const { months, closed } of steps) books.run(months, closed);
          books.run(truth, 4);
          // A closing month brings what waited and pays back every debt.
          books.run([...truth, { z: 1_000_000n }], 5);
          const totals = truth.map((lines) => Object.values(lines).reduce((sum, amount) => sum + amount, 0n));
          const expected = totals.reduce(
            (sum, total) => sum + (total < 0n && !carryOver ? 0n : total),
            1_000_000n,
          );
          expect(books.issuedMinor).toBe(expected);
          expect(books.carryMinor).toBe(0n);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Keeps in memory what the database keeps: bills made, lines by period, and the carry. */
class Books {
  issuedMinor = 0n;
  carryMinor = 0n;
  private readonly lines = new Map<number, Map<string, BilledLine>>();
  private readonly bills = new Set<number>();
  private closed = 0;

  constructor(private readonly negativeCarryOver: boolean) {}

  run(months: Record<string, bigint>[], closed: number): void {
    this.closed = Math.max(this.closed, closed);
    const periods = months.slice(0, this.closed).map((amounts, index) => {
      const calculated = Object.entries(amounts).map(([key, amount]) => due(key, amount));
      return {
        ...entry(month(index + 1), calculated, [...(this.lines.get(index) ?? new Map()).values()]),
        hasBill: this.bills.has(index),
      };
    });
    const result = reconcile(periods, this.carryMinor, this.negativeCarryOver);
    if (result.outcome === 'deferred') return;
    this.carryMinor = result.carryMinor;
    for (const bill of result.bills) {
      expect(bill.issuedMinor).toBe(totalMinor(bill.lines));
      expect(bill.issuedMinor >= 0n).toBe(true);
      this.issuedMinor += bill.issuedMinor;
      this.bills.add(bill.period.start.getUTCMonth());
      for (const line of bill.lines) this.keep(line.periodStart.getUTCMonth(), line);
    }
  }

  private keep(index: number, line: CalculatedLine): void {
    if (line.lineKey.startsWith('carry_')) return;
    const lines = this.lines.get(index) ?? new Map<string, BilledLine>();
    const before = lines.get(line.lineKey)?.amountMinor ?? 0n;
    lines.set(line.lineKey, { ...line, amountMinor: before + line.amountMinor });
    this.lines.set(index, lines);
  }
}
