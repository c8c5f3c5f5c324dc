import { describe, expect, it } from 'vitest';
import { billed, due, type Entry, entry, month, reconcile } from '../../../test/support/reconciliation.js';
import type { BilledLine, CalculatedLine } from './bill-lines.js';
import type { PlannedBill } from './reconcile-lines.js';

const OCTOBER = month(10);
const NOVEMBER = month(11);

/** A period whose own bill is cancelled, with what other bills hold for it. */
const cancelledEntry = (
  calculated: CalculatedLine[],
  cancelled: BilledLine[],
  alreadyBilled: BilledLine[] = [],
): Entry => ({ ...entry(OCTOBER, calculated, alreadyBilled), cancelled });

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
    {
      name: 'corrected down to 4.00 after the cancellation: nothing was paid, so nothing is taken back',
      periods: [cancelledEntry([due('a', 400n)], [billed('a', 1000n)]), entry(NOVEMBER, [], null)],
      bills: [],
      carryAfter: 0n,
    },
    {
      name: 'all gone after the cancellation: only the 3.00 that another bill paid are taken back',
      periods: [
        cancelledEntry([], [billed('a', 1000n)], [billed('a', 300n)]),
        entry(NOVEMBER, [due('a', 500n)], null),
      ],
      bills: [[11, 200n, ['period 11 a 500', 'adjustment 10 a -300']]],
      carryAfter: 0n,
    },
    {
      name: 'corrected up to 14.00 after the cancellation of 10.00: 4.00 are due',
      periods: [cancelledEntry([due('a', 1400n)], [billed('a', 1000n)]), entry(NOVEMBER, [], null)],
      bills: [[11, 400n, ['adjustment 10 a 400']]],
      carryAfter: 0n,
    },
    {
      name: 'a loss of 2.00 instead of the cancelled 10.00 is a debt, by the plan',
      periods: [
        cancelledEntry([due('a', -200n)], [billed('a', 1000n)]),
        entry(NOVEMBER, [due('a', 500n)], null),
      ],
      bills: [[11, 300n, ['period 11 a 500', 'adjustment 10 a -200']]],
      carryAfter: 0n,
    },
    {
      name: 'a loss of 12.00 beside the cancelled 10.00 is a debt of 2.00: the period is worth no less',
      periods: [
        cancelledEntry([due('a', 1000n), due('b', -1200n)], [billed('a', 1000n)]),
        entry(NOVEMBER, [due('a', 500n)], null),
      ],
      bills: [[11, 300n, ['period 11 a 500', 'adjustment 10 b -1200', 'adjustment 10 not_carried 1000']]],
      carryAfter: 0n,
    },
    {
      name: 'a credit of 7.00 is added to the next bill',
      periods: [entry(NOVEMBER, [due('a', 900n)], null)],
      carry: 700n,
      bills: [[11, 1600n, ['period 11 a 900', 'carry_in 11 carry_in 700']]],
      carryAfter: 0n,
    },
    {
      name: 'a credit of 7.00 is billed alone when nothing was earned',
      periods: [entry(OCTOBER, [due('a', 500n)], [billed('a', 500n)]), entry(NOVEMBER, [], null)],
      carry: 700n,
      bills: [[11, 700n, ['carry_in 11 carry_in 700']]],
      carryAfter: 0n,
    },
    {
      name: 'a debt of 7.00 makes no bill when nothing was earned',
      periods: [entry(NOVEMBER, [], null)],
      carry: -700n,
      bills: [],
      carryAfter: -700n,
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

  it('waits with a credit when every period has its bill', () => {
    expect(reconcile([entry(OCTOBER, [due('a', 5n)], [billed('a', 5n)])], 700n)).toEqual({
      outcome: 'deferred',
    });
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
