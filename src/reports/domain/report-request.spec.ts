import { describe, expect, it } from 'vitest';
import type { RawQuery } from './report-parameters.js';
import { hasMoney, parseReportRequest, type ReportRequest } from './report-request.js';

const RANGE = { from: '2026-10-01', to: '2026-10-31' };

function parse(
  query: RawQuery,
  audience: 'partner' | 'operator' = 'partner',
  inPages?: boolean,
): ReportRequest {
  return parseReportRequest(query, { audience, timeZone: 'UTC', now: new Date('2026-11-02'), inPages });
}

describe('A18 query of the report API', () => {
  it('reads repeated names, bracketed names and JSON arrays alike', () => {
    const bracketed = parse({
      ...RANGE,
      'columns[]': ['ngr', 'visits_count'],
      'group_by[]': 'campaign',
    });
    const repeated = parse({ ...RANGE, columns: ['ngr', 'visits_count'], group_by: 'campaign' });
    const json = parse({
      ...RANGE,
      columns: '["ngr","visits_count"]',
      group_by: '["campaign"]',
    });
    expect(bracketed).toEqual(repeated);
    expect(bracketed).toEqual(json);
    expect(bracketed.columns).toEqual(['ngr', 'visits_count']);
  });

  it('includes the whole last day, in the time zone asked for', () => {
    const request = parse({ ...RANGE, time_zone: 'Europe/Berlin' });
    expect(request.from.toISOString()).toBe('2026-09-30T22:00:00.000Z');
    expect(request.to.toISOString()).toBe('2026-10-31T23:00:00.000Z');
  });

  it('takes a time as it stands', () => {
    const request = parse({ from: '2026-10-01T12:00:00Z', to: '2026-10-01T13:00:00Z' });
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
    ['columns', { ...RANGE, 'columns[]': 'constructor' }],
    ['columns', { ...RANGE, columns: '["ngr"' }],
    ['group_by', { ...RANGE, 'group_by[]': ['day', 'month'] }],
    ['group_by', { ...RANGE, 'group_by[]': ['day', 'sign_up_at_day'] }],
    ['group_by', { ...RANGE, 'group_by[]': 'partner' }],
    ['group_by', { ...RANGE, 'group_by[]': 'dynamic_tag_' }],
    ['group_by', { ...RANGE, 'group_by[]': 'dynamic_tag_\0' }],
    ['partner_ids', { ...RANGE, 'partner_ids[]': '01929c3e-0000-7000-8000-000000000001' }],
    ['from', { from: ['2026-10-01', '2026-10-02'], to: '2026-10-31' }],
    ['from', { from: '0001-01-01', to: '2026-10-31' }],
    ['from', { from: '1969-12-31', to: '2026-10-31' }],
    ['from', { from: '9999-12-31T00:00:01Z', to: '9999-12-31' }],
    ['to', { from: '2026-10-01', to: '9999-12-31' }],
    ['to', { from: '2026-10-01', to: '9999-12-31T23:59:59-12:00' }],
    ['exchange_rates_date', { ...RANGE, conversion_currency: 'EUR', exchange_rates_date: '0000-01-01' }],
    ['exchange_rates_date', { ...RANGE, exchange_rates_date: '2026-10-31' }],
    ['convert_all_currencies', { ...RANGE, convert_all_currencies: '1' }],
    ['convert_all_currencies', { ...RANGE, conversion_currency: 'EUR', convert_all_currencies: ['0', '1'] }],
    ['conversion_currency', { ...RANGE, conversion_currency: '' }],
    ['conversion_currency', { ...RANGE, conversion_currency: '', convert_all_currencies: '0' }],
    ['strategies', { ...RANGE, 'strategies[]': 'luck' }],
    ['countries', { ...RANGE, 'countries[]': 'Germany' }],
    ['promo_codes', { ...RANGE, promo_codes: 'FOX\0' }],
    ['time_zone', { ...RANGE, time_zone: '+02:00' }],
    ['exchange_rates_date', { ...RANGE, exchange_rates_date: '2026-11-03' }],
    ['exchange_rates_date', { ...RANGE, exchange_rates_date: '2026-02-30' }],
    ['convert_all_currencies', { ...RANGE, convert_all_currencies: 'maybe' }],
    ['campaign_ids', { ...RANGE, 'campaign_ids[]': '7' }],
    ['time_zone', { ...RANGE, time_zone: 'Mars/Olympus' }],
    ['per_page', { ...RANGE, per_page: '0' }],
    ['per_page', { ...RANGE, per_page: '1e3' }],
    ['page', { ...RANGE, page: '-1' }],
    ['conversion_currency', { ...RANGE, conversion_currency: 'EURO' }],
  ])('names the faulty parameter %s', (path, query) => {
    expect(() => parse(query)).toThrow(
      expect.objectContaining({
        code: 'INVALID_PARAMETER',
        kind: 'malformed',
        details: { errors: [expect.objectContaining({ path })] },
      }),
    );
  });

  it.each([
    ...['20261031', '2026-304', '2026-10', '2026-W44', '2026-W44-6', '10:00', '2026-02-30', '2026-10-31T10'],
    ...[
      '2026-10-31T10:00',
      '2026-10-31T10:00:00',
      '2026-10-31T10:00+02:00[Europe/Paris]',
      '2026-10-31T24:00:00Z',
    ],
    ...['2026-10-31T10:00:00+15:00', ' 2026-10-31', ''],
  ])('takes no other form of a day or time, such as %s', (text) => {
    expect(() => parse({ from: text, to: '2026-10-31' })).toThrow(/^from: must be a day/);
    expect(() => parse({ from: '2026-01-01', to: text })).toThrow(/^to: must be a day/);
  });

  it('has no pages where the whole report is asked for', () => {
    for (const name of ['page', 'per_page', 'page[]', 'per_page[0]']) {
      const path = name.replace(/\[.*/, '');
      expect(() => parse({ ...RANGE, [name]: '2' }, 'partner', false)).toThrow(
        expect.objectContaining({ details: { errors: [expect.objectContaining({ path })] } }),
      );
    }
    expect(parse(RANGE, 'partner', false)).toEqual(parse(RANGE));
  });

  it('reaches from 1970 to the last day but one of 9999, in any zone', () => {
    for (const time_zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
      const { from, to } = parse({ from: '1970-01-01', to: '9999-12-29', time_zone });
      expect([from.getUTCFullYear(), to.getUTCFullYear()]).toEqual([expect.any(Number), 9999]);
    }
    expect(parse({ from: '2026-10-31T10:00+05:45', to: '2026-10-31T10:00:00.5Z' }).to.toISOString()).toBe(
      '2026-10-31T10:00:00.500Z',
    );
  });

  it('ignores the conversion when it is switched off', () => {
    const query = { ...RANGE, conversion_currency: 'EUR' };
    expect(parse({ ...query, convert_all_currencies: '0' }).conversion).toBeNull();
    expect(parse({ ...query, convert_all_currencies: '1' }).conversion).toEqual({
      currency: 'EUR',
      day: '2026-11-02',
    });
    expect(parse({ ...query, exchange_rates_date: '2026-10-31' }).conversion?.day).toBe('2026-10-31');
  });

  it('groups by parameters of the link, and for operators by partner', () => {
    expect(parse({ ...RANGE, 'group_by[]': 'dynamic_tag_clickid' }).groupBy).toEqual(['dynamic_tag_clickid']);
    expect(parse({ ...RANGE, 'group_by[]': 'partner' }, 'operator').groupBy).toEqual(['partner']);
  });

  it.each([
    ['deposits_sum', true],
    ['casino_bonus_ratio', true],
    ['average_deposits_count', false],
    ['visits_count', false],
  ] as const)('keeps currencies apart where %s is made of amounts: %s', (column, apart) => {
    expect(hasMoney({ columns: [column] })).toBe(apart);
  });
});
