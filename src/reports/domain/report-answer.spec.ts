import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, roundHalfEven } from '../../platform/money/decimal.js';
import { cellsOf, type FactRow, fileCellsOf, headingsOf, totalCells } from './report-answer.js';
import { parseReportRequest } from './report-request.js';

const request = parseReportRequest(
  {
    from: '2026-10-01',
    to: '2026-10-31',
    'columns[]': ['visits_count', 'ngr', 'first_deposits_conversion_rate'],
    'group_by[]': ['day', 'campaign'],
  },
  { audience: 'partner', timeZone: 'UTC', now: new Date('2026-11-02') },
);
const row: FactRow = ['2026-10-03', 'c-1', 'JPY', '3', '1250.5', '66.6666666666666667', '=Campaign'];

describe('A18 answer of the report API', () => {
  it('gives groupers, columns and currency as cells, amounts in minor units rounded half-even', () => {
    expect(cellsOf(request, 1n)(row)).toEqual([
      { name: 'date', value: '2026-10-03', type: 'date' },
      { name: 'campaign_id', value: 'c-1', type: 'string' },
      { name: 'visits_count', value: 3, type: 'integer' },
      { name: 'ngr', value: { currency: 'JPY', amount: '1250', amount_cents: '1250' }, type: 'money' },
      { name: 'first_deposits_conversion_rate', value: 66.67, type: 'percent' },
      { name: 'currency', value: 'JPY', type: 'string' },
    ]);
  });

  it('gives files the name beside each identifier, and amounts as numbers', () => {
    const cells = fileCellsOf(request, 1n)(row);
    expect(cells).toEqual(['2026-10-03', 'c-1', '=Campaign', 3, { decimal: '1250' }, 66.67, 'JPY']);
    expect(headingsOf(request, 'rows').map(({ named }) => named)).toEqual([
      false,
      true,
      ...[0, 0, 0, 0].map(() => undefined),
    ]);
  });

  it('gives a row of zeros as the totals of nothing', () => {
    const [cells] = totalCells(request, [], 1n);
    expect(cells!.map(({ name }) => name)).toEqual([
      'visits_count',
      'ngr',
      'first_deposits_conversion_rate',
      'currency',
    ]);
    expect(cells!.map(({ value }) => value)).toEqual([
      0,
      { currency: 'N/A', amount: '0.00', amount_cents: '0' },
      0,
      'N/A',
    ]);
  });

  it('divides converted amounts once, and rounds what is a tie as one', () => {
    expect(
      cellsOf({ ...request, groupBy: [], columns: ['ngr'] }, 30n)(['EUR', '105'])[0]!.value,
    ).toMatchObject({
      amount_cents: '4',
    });
  });

  it('rounds every amount half-even, whatever stands behind the point', () => {
    const [decimals, whole] = [
      fc.bigInt({ min: 0n, max: 10n ** 24n - 1n }),
      fc.bigInt({ min: 0n, max: 10n ** 15n }),
    ];
    const near = fc.constantFrom('', '.5', '.50', '.4999', '.5001', '.49999999999999999999999', '.9', '.0');
    const fraction = fc.oneof(
      near,
      fc.tuple(decimals, fc.nat(24)).map(([digits, zeros]) => `.${'0'.repeat(zeros)}${digits}`),
    );
    const cells = cellsOf({ ...request, groupBy: [], columns: ['ngr'] }, 1n);
    fc.assert(
      fc.property(fc.constantFrom('', '-'), whole, fraction, (sign, above, below) => {
        const text = `${sign}${above}${below}`;
        const exact = new Decimal(text).toDecimalPlaces(20);
        const minor = roundHalfEven(exact);
        expect(cells(['EUR', text])[0]!.value).toMatchObject({ amount_cents: minor.toString() });
      }),
    );
  });

  it('has a heading for every cell', () => {
    expect(headingsOf(request, 'rows').map(({ name }) => name)).toEqual(
      cellsOf(request, 1n)(row).map(({ name }) => name),
    );
    expect(headingsOf(request, 'totals').map(({ title }) => title)).toEqual([
      'Visits',
      'NGR',
      'First deposits conversion rate',
      'Currency',
    ]);
  });
});
