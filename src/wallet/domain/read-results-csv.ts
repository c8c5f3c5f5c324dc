import { CsvError, parse } from 'csv-parse/sync';
import type { PayoutOutcome } from './payout-line-state.js';
import {
  type LineResult,
  NotResults,
  type RefusedRow,
  type ResultFile,
  shownReason,
} from './payout-results.js';

const HEADER = ['line_id', 'outcome', 'reason'];
const MAX_ROWS = 20_000;
const MAX_LINE_LENGTH = 5_000;
const OUTCOMES: Readonly<Record<string, PayoutOutcome>> = { success: 'succeeded', failure: 'failed' };

interface Row {
  record: string[];
  info: { lines: number };
}

/**
 * Reads results in CSV (RFC 4180) with the header `line_id,outcome,reason`: the line's id or reference, `success` or
 * `failure`, and a reason, which failures need. Rows that are wrong are refused one by one.
 * @throws NotResults when it is no such file
 */
export function readResultsCsv(text: string): ResultFile {
  const [header, ...rows] = rowsOf(text);
  if (header?.record.join() !== HEADER.join()) {
    throw new NotResults(`must be a pain.002.001.10 file, or CSV with the header ${HEADER.join()}`);
  }
  if (rows.length > MAX_ROWS) throw new NotResults(`must have at most ${MAX_ROWS} rows`);
  const results: LineResult[] = [];
  const refused: RefusedRow[] = [];
  for (const { record, info } of rows) {
    const place = `line ${info.lines}`;
    const [line = '', outcome = '', reason = ''] = record;
    const fault = faultOf(record);
    if (fault) refused.push({ place, line: line || null, code: 'INVALID_ROW', message: fault });
    else results.push({ place, line, outcome: OUTCOMES[outcome]!, reason: shownReason(reason) });
  }
  return { results, refused, others: [], open: [] };
}

function rowsOf(text: string): Row[] {
  try {
    return parse(text, {
      bom: true,
      info: true,
      trim: true,
      skipEmptyLines: true,
      relaxColumnCount: true,
      maxRecordSize: MAX_LINE_LENGTH,
    }) as unknown as Row[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as CsvError & { lines: number };
    throw new NotResults(`must be CSV (RFC 4180); line ${lines} is not`);
  }
}

function faultOf(record: readonly string[]): string | null {
  const [line = '', outcome = '', reason = ''] = record;
  if (record.length !== HEADER.length) return `must have three fields: ${HEADER.join()}`;
  if (line === '') return 'line_id: must name a line';
  if (!Object.hasOwn(OUTCOMES, outcome)) return `outcome: must be ${Object.keys(OUTCOMES).join(' or ')}`;
  if (OUTCOMES[outcome] === 'failed' && !shownReason(reason)) return 'reason: is required for a failure';
  return null;
}
