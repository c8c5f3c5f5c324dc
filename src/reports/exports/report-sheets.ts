import type { FileCell, Sheet } from '../../platform/index.js';
import type { Cell, Heading } from '../domain/report-answer.js';
import type { ReportSource } from './report-source.js';

/**
 * A report as two tables for spreadsheets: rows, and totals. Beside every identifier stands the name of what it means.
 * Amounts are numbers; their currency is a column of its own.
 */
export function reportSheets(source: ReportSource): { rows: Sheet; totals: Sheet } {
  return {
    rows: { name: 'Rows', header: titlesOf(source.headings.rows), rows: rowsOf(source) },
    totals: { name: 'Totals', header: titlesOf(source.headings.totals), rows: totalsOf(source) },
  };
}

function titlesOf(headings: readonly Heading[]): string[] {
  return headings.flatMap(({ title, named }) => (named ? [`${title} ID`, title] : [title]));
}

async function* rowsOf(source: ReportSource): AsyncGenerator<FileCell[][]> {
  for await (const batch of source.rows()) yield batch.map(source.toFileCells);
}

async function* totalsOf({ totals }: ReportSource): AsyncGenerator<FileCell[][]> {
  yield (await totals()).map((row) => row.map(cellOf));
}

/** Numbers stay numbers; texts and days are texts (rule 11.6). */
function cellOf({ value }: Cell): FileCell {
  return value !== null && typeof value === 'object' ? { decimal: value.amount } : value;
}
