import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRatesCsv } from './read-rates-csv.js';

const TODAY = '2026-11-02';
const read = (text: string) => readRatesCsv(text, TODAY);
const faultsOf = (text: string) => read(text).faults.map(({ path, message }) => `${path}: ${message}`);

describe('readRatesCsv', () => {
  it('reads rates as they are written', () => {
    expect(read('date,currency,rate\n2026-10-30,USD,1.0812\n2026-10-30,BTC,0.000010526315789473\n')).toEqual({
      rates: [
        { day: '2026-10-30', currency: 'USD', rate: '1.0812' },
        { day: '2026-10-30', currency: 'BTC', rate: '0.000010526315789473' },
      ],
      faults: [],
    });
  });

  it('takes what spreadsheets write: byte order mark, CRLF, quotes, blanks, empty lines', () => {
    const { rates, faults } = read(
      '\ufeffdate,currency,rate\r\n"2026-10-30", "USD" ,1.1\r\n\r\n2026-10-29,USD,1.2',
    );
    expect(faults).toEqual([]);
    expect(rates.map(({ day, rate }) => `${day} ${rate}`)).toEqual(['2026-10-30 1.1', '2026-10-29 1.2']);
  });

  it.each([
    ['', 'lines.1: must be the header date,currency,rate'],
    ['day,currency,rate\n', 'lines.1: must be the header date,currency,rate'],
    ['date,currency,rate\n', 'file: must hold a rate'],
    ['date,currency,rate\n"2026-10-30,USD,1\n', 'lines.2: must be CSV (RFC 4180)'],
    ['date,currency,rate\n2026-10-30,USD\n', 'lines.2.fields: must be three: date,currency,rate'],
    ['date,currency,rate\n2026-10-30,USD,1,5\n', 'lines.2.fields: must be three: date,currency,rate'],
    ['date,currency,rate\n30.10.2026,USD,1\n', 'lines.2.date: must be a day such as 2026-10-31'],
    ['date,currency,rate\n2026-02-30,USD,1\n', 'lines.2.date: must be a day such as 2026-10-31'],
    ['date,currency,rate\n1998-12-31,USD,1\n', "lines.2.date: must not be before 1999-01-01, the euro's first day"],
    ['date,currency,rate\n2026-11-03,USD,1\n', 'lines.2.date: must not lie in the future (UTC)'],
    ['date,currency,rate\n2026-10-30,EUR,1\n', 'lines.2.currency: must not be EUR: rates are units of a currency for one euro'],
    ['date,currency,rate\n2026-10-30,usd,1\n', 'lines.2.currency: must be an ISO 4217 code such as USD, or the code of a coin such as BTC'],
    ['date,currency,rate\n2026-10-30,USD,0.000\n', 'lines.2.rate: must be above zero'],
    [
      'date,currency,rate\n2026-10-30,USD,1\n\n2026-10-29,USD,1\n2026-10-30,USD,1\n',
      'lines.5.date: is given for USD in line 2 already',
    ],
  ])('refuses %j', (text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
    expect(read(text).rates).toEqual([]);
  }); // prettier-ignore

  it.each(['1e3', '-1', '+1', '1,5', '01', '.5', '5.', 'NaN', 'N/A', '', '0x1', '١', '1_0', '9999999999999999', '0.0000000000000000001'])(
    'refuses %j as a rate',
    (rate) => {
      expect(faultsOf(`date,currency,rate\n2026-10-30,USD,"${rate}"\n`)[0]).toContain('lines.2.rate: must be a plain');
    },
  ); // prettier-ignore

  it('tells of every faulty line, a hundred at most, and takes none of the good ones', () => {
    const lines = Array.from({ length: 300 }, (_, index) => `2026-10-30,X${index},1`);
    const { rates, faults } = read(['date,currency,rate', '2026-10-30,USD,1', ...lines].join('\n'));
    expect(rates).toEqual([]);
    expect(faults).toHaveLength(100);
    expect(faults.at(-1)!.path).toBe('lines.102.currency');
  });

  it('never throws, and takes only whole files', () => {
    const cell = fc.oneof(
      fc.constantFrom('2026-10-30', 'USD', '1.5', '"', ',', '\n', '\r\n', '\0'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(cell), (cells) => {
        const { rates, faults } = read(`date,currency,rate\n${cells.join('')}`);
        expect(rates.length === 0).toBe(faults.length > 0);
      }),
    );
  });
});
