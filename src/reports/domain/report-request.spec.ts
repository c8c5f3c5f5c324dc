import { describe, expect, it } from 'vitest';
import { parseReportRequest } from './report-request.js';

const RANGE = { from: '2026-10-01', to: '2026-10-31' };

describe('A18 query of the report API', () => {
  it('reads repeated names, bracketed names and JSON arrays alike', () => {
    const bracketed = parseReportRequest({
      ...RANGE,
      'columns[]': ['ngr', 'visits_count'],
      'group_by[]': 'campaign',
    });
    const repeated = parseReportRequest({ ...RANGE, columns: ['ngr', 'visits_count'], group_by: 'campaign' });
    const json = parseReportRequest({
      ...RANGE,
      columns: '["ngr","visits_count"]',
      group_by: '["campaign"]',
    });
    expect(bracketed).toEqual(repeated);
    expect(bracketed).toEqual(json);
    expect(bracketed.columns).toEqual(['ngr', 'visits_count']);
  });

  it('includes the whole last day, in the time zone asked for', () => {
    const request = parseReportRequest({ ...RANGE, time_zone: 'Europe/Berlin' });
    expect(request.from.toISOString()).toBe('2026-09-30T22:00:00.000Z');
    expect(request.to.toISOString()).toBe('2026-10-31T23:00:00.000Z');
  });

  it('takes a time as it stands', () => {
    const request = parseReportRequest({ from: '2026-10-01T12:00:00Z', to: '2026-10-01T13:00:00Z' });
    expect(request.to.toISOString()).toBe('2026-10-01T13:00:00.000Z');
  });

  it.each([
    ['from', { to: '2026-10-31' }],
    ['to', { from: '2026-10-02', to: '2026-10-01' }],
    ['from', { from: '31.10.2026', to: '2026-10-31' }],
    ['colour', { ...RANGE, colour: 'red' }],
    ['columns', { ...RANGE, 'columns[]': 'nonsense' }],
    ['columns', { ...RANGE, 'columns[]': '__proto__' }],
    ['columns', { ...RANGE, columns: '[1]' }],
    ['group_by', { ...RANGE, 'group_by[]': ['day', 'month'] }],
    ['campaign_ids', { ...RANGE, 'campaign_ids[]': '7' }],
    ['time_zone', { ...RANGE, time_zone: 'Mars/Olympus' }],
    ['per_page', { ...RANGE, per_page: '0' }],
    ['per_page', { ...RANGE, per_page: '1e3' }],
    ['page', { ...RANGE, page: '-1' }],
    ['conversion_currency', { ...RANGE, conversion_currency: 'EURO' }],
    ['async', { ...RANGE, async: 'true' }],
  ])('names the faulty parameter %s', (path, query) => {
    expect(() => parseReportRequest(query)).toThrow(
      expect.objectContaining({
        code: 'INVALID_PARAMETER',
        kind: 'malformed',
        details: { errors: [expect.objectContaining({ path })] },
      }),
    );
  });

  it('ignores the conversion when it is switched off', () => {
    const query = { ...RANGE, conversion_currency: 'EUR' };
    expect(parseReportRequest({ ...query, convert_all_currencies: '0' }).conversionCurrency).toBeNull();
    expect(parseReportRequest({ ...query, convert_all_currencies: '1' }).conversionCurrency).toBe('EUR');
  });
});
