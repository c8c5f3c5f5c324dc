import type { FileCell } from './file-cell.js';

/** What a spreadsheet would run, or take for the start of another cell (OWASP, CSV injection). */
const ACTIVE = /^[=+\-@\t\r\n]/;
/** Such texts, and those that need quotes. */
const SPECIAL = /^[=+\-@\t]|[",\r\n]/;
const PIECE = 64 * 1024;
const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * One line of CSV (RFC 4180), its end included. Cells that a spreadsheet would take for a formula get an apostrophe in
 * front; numbers stay numbers, times become RFC 3339 (rule 11.6).
 */
export function csvLine(cells: readonly FileCell[]): string {
  let line = '';
  for (let at = 0; at < cells.length; at += 1) line += (at === 0 ? '' : ',') + csvCell(cells[at] ?? null);
  return `${line}\r\n`;
}

/**
 * A CSV file, in pieces worth sending, written while its rows are read.
 * @param rows some at a time
 */
export async function* csvPieces(
  header: readonly string[],
  rows: AsyncIterable<readonly (readonly FileCell[])[]>,
): AsyncGenerator<string> {
  let piece = csvLine(header);
  for await (const batch of rows) {
    for (const row of batch) {
      piece += csvLine(row);
      if (piece.length < PIECE) continue;
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}

/** Whether a spreadsheet would take the text for a formula, or for the start of another cell. */
export function spreadsheetActive(text: string): boolean {
  return ACTIVE.test(text) && !NUMBER.test(text);
}

function csvCell(cell: FileCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'object') return cell instanceof Date ? cell.toISOString() : cell.decimal;
  if (!SPECIAL.test(cell)) return cell;
  const inert = spreadsheetActive(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
