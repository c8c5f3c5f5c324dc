import type { FileCell } from './file-cell.js';

/** What a spreadsheet would run, or take for the start of another cell (OWASP, CSV injection). */
const ACTIVE = /^[=+\-@\t\r\n]/;
const PIECE = 64 * 1024;
const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * One line of CSV (RFC 4180), its end included. Cells that a spreadsheet would take for a formula get an apostrophe in
 * front; numbers stay numbers (rule 11.6).
 */
export function csvLine(cells: readonly (string | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/**
 * A CSV file, in pieces worth sending, written while its rows are read.
 * @param rows some at a time; times become RFC 3339
 */
export async function* csvPieces(
  header: readonly string[],
  rows: AsyncIterable<readonly (readonly FileCell[])[]>,
): AsyncGenerator<string> {
  let piece = csvLine(header);
  for await (const batch of rows) {
    for (const row of batch) {
      piece += csvLine(row.map(textOf));
      if (piece.length < PIECE) continue;
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}

function textOf(cell: FileCell): string | null {
  if (cell === null || typeof cell === 'string') return cell;
  return cell instanceof Date ? cell.toISOString() : cell.decimal;
}

/** Whether a spreadsheet would take the text for a formula, or for the start of another cell. */
export function spreadsheetActive(text: string): boolean {
  return ACTIVE.test(text) && !NUMBER.test(text);
}

function csvCell(value: string | null): string {
  if (value === null) return '';
  const inert = spreadsheetActive(value) ? `'${value}` : value;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
