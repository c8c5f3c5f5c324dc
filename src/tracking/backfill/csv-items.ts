import { COUNT_COLUMNS, MONEY_COLUMNS } from '../../commissions/index.js';
import { type CsvRow, csvRows } from '../../platform/index.js';
import { columnsOf, type FileKind, headerFault, itemOfRow } from '../domain/csv-columns.js';
import type { FileItem } from '../domain/file-item.js';
import { ItemFault } from '../domain/item-fault.js';

const MEASURES = [...MONEY_COLUMNS.map((column) => `${column}_cents`), ...COUNT_COLUMNS];
/**
 * Reads CSV (RFC 4180) whose header names fields of the sync, one item a row.
 * @throws Error when the file as a whole cannot be read: its header, its encoding, a quote that is never closed
 */
export async function* csvItems(
  kind: FileKind,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<readonly FileItem[]> {
  let header: readonly string[] | null = null;
  for await (const row of csvRows(chunks)) {
    if (header) {
      yield [itemOf(header, row)];
      continue;
    }
    header = row.cells.map((name) => name.trim());
    const fault = headerFault(header, columnsOf(kind, MEASURES));
    if (fault) throw new Error(fault);
  }
  if (!header) throw new Error('The file is empty: its first line must name the columns');
}

function itemOf(header: readonly string[], { line, cells }: CsvRow): FileItem {
  const place = { line, bytes: cells.reduce((sum, cell) => sum + cell.length, 0) };
  try {
    return { ...place, item: itemOfRow(header, cells) };
  } catch (fault) {
    if (!(fault instanceof ItemFault)) throw fault;
    return { ...place, fault };
  }
}
