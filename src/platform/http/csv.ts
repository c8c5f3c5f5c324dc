/** What a spreadsheet would run, or take for the start of another cell (OWASP, CSV injection). */
const ACTIVE = /^[=+\-@\t\r\n]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * One line of CSV (RFC 4180), its end included. Cells that a spreadsheet would take for a formula get an apostrophe in
 * front; numbers stay numbers (rule 11.6).
 */
export function csvLine(cells: readonly (string | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
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
