import { CsvError, parse } from 'csv-parse/sync';
import type { FieldError } from '../../../platform/errors/domain-error.js';
import { dayFault, type DayRate, rateCurrencyFault, rateFault } from './rate-fields.js';

const HEADER = ['date', 'currency', 'rate'];
const MAX_ROWS = 100_000;
/** So many faults are told at once. */
const MAX_FAULTS = 100;
const MAX_LINE_LENGTH = 1_000;

/** What a file holds: all of its rates, or what is wrong with it. */
export interface ReadRates {
  readonly rates: readonly DayRate[];
  /** By line number, the header being line 1; empty when the rates can be taken. */
  readonly faults: readonly FieldError[];
}

interface Line {
  record: string[];
  info: { lines: number };
}

/**
 * Reads a CSV file (RFC 4180) with the header `date,currency,rate`; rates are units of the currency for one euro.
 * @param today the UTC day that none of the dates may lie after
 */
export function readRatesCsv(text: string, today: string): ReadRates {
  const lines = linesOf(text);
  if (!Array.isArray(lines)) return { rates: [], faults: [lines] };
  const [header, ...rows] = lines;
  if (header?.record.join() !== HEADER.join()) {
    return { rates: [], faults: [{ path: 'lines.1', message: `must be the header ${HEADER.join()}` }] };
  }
  if (rows.length === 0) return { rates: [], faults: [{ path: 'file', message: 'must hold a rate' }] };
  if (rows.length > MAX_ROWS) {
    return { rates: [], faults: [{ path: 'file', message: `must hold at most ${MAX_ROWS} rates` }] };
  }
  return checked(rows, today);
}

/** The file's lines; its fault when it is no CSV. */
function linesOf(text: string): Line[] | FieldError {
  try {
    return parse(text, {
      bom: true,
      info: true,
      trim: true,
      skipEmptyLines: true,
      relaxColumnCount: true,
      maxRecordSize: MAX_LINE_LENGTH,
    }) as unknown as Line[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as CsvError & { lines: number };
    return { path: `lines.${lines}`, message: 'must be CSV (RFC 4180)' };
  }
}

function checked(rows: readonly Line[], today: string): ReadRates {
  const rates: DayRate[] = [];
  const faults: FieldError[] = [];
  const lineOf = new Map<string, number>();
  for (const { record, info } of rows) {
    if (faults.length >= MAX_FAULTS) break;
    const [day = '', currency = '', rate = ''] = record;
    const found = faultsOf(record, today);
    const key = `${day} ${currency}`;
    const first = lineOf.get(key);
    if (first !== undefined) found.push(['date', `is given for ${currency} in line ${first} already`]);
    lineOf.set(key, first ?? info.lines);
    faults.push(...found.map(([field, message]) => ({ path: `lines.${info.lines}.${field}`, message })));
    rates.push({ day, currency, rate });
  }
  return { rates: faults.length === 0 ? rates : [], faults };
}

function faultsOf(record: readonly string[], today: string): [string, string][] {
  if (record.length !== HEADER.length) return [['fields', `must be three: ${HEADER.join()}`]];
  const [day = '', currency = '', rate = ''] = record;
  const faults: [string, string | null][] = [
    ['date', dayFault(day, today)],
    ['currency', rateCurrencyFault(currency)],
    ['rate', rateFault(rate)],
  ];
  return faults.filter((fault): fault is [string, string] => fault[1] !== null);
}
