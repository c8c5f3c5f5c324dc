import { describe, expect, it } from 'vitest';
import { assertConvertible, cellsOf, type FactRow, totalCells } from './report-answer.js';
import { parseReportRequest } from './report-request.js';

const request = parseReportRequest({
  from: '2026-10-01',
  to: '2026-10-31',
  'columns[]': ['visits_count', 'ngr'],
  'group_by[]': ['day', 'campaign'],
});
const row = {
  g0: '2026-10-03',
  g1: 'c-1',
  currency: 'JPY',
  visits_count: '3',
  ngr: '1250.5',
} as unknown as FactRow;

describe('A18 answer of the report API', () => {
  it('gives groupers, columns and currency as cells, amounts in minor units rounded half-even', () => {
    expect(cellsOf(request, row)).toEqual([
      { name: 'date', value: '2026-10-03', type: 'date' },
      { name: 'campaign_id', value: 'c-1', type: 'string' },
      { name: 'visits_count', value: 3, type: 'integer' },
      { name: 'ngr', value: { currency: 'JPY', amount: '1250', amount_cents: '1250' }, type: 'money' },
      { name: 'currency', value: 'JPY', type: 'string' },
    ]);
  });

  it('gives a row of zeros as the totals of nothing', () => {
    const [cells] = totalCells(request, []);
    expect(cells!.map(({ name }) => name)).toEqual(['visits_count', 'ngr', 'currency']);
    expect(cells![0]!.value).toBe(0);
  });

  it('refuses a conversion that would need a rate, and lets the same currency pass', () => {
    expect(() => assertConvertible({ ...request, conversionCurrency: 'EUR' }, [row])).toThrow('JPY to EUR');
    expect(() => assertConvertible({ ...request, conversionCurrency: 'JPY' }, [row])).not.toThrow();
  });
});
