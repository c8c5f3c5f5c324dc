import { CsvError, parse } from 'csv-parse';
import { pipeline } from 'node:stream';
import { COUNT_COLUMNS, MONEY_COLUMNS } from '../../commissions/index.js';
import { columnsOf, type FileKind, headerFault, itemOfRow } from '../domain/csv-columns.js';
import type { FileItem } from '../domain/file-item.js';
import { ItemFault } from '../domain/item-fault.js';

const MEASURES = [...MONEY_COLUMNS.map((column) => `${column}_cents`), ...COUNT_COLUMNS];
const MAX_ROW_LENGTH = 1024 * 1024;

interface Row {
  record: string[];
  info: { lines: number; bytes: number };
}

/**
 * Reads CSV (RFC 4180) whose header names fields of the sync, one item a row.
 * @throws Error when the file as a whole cannot be read: its header, its encoding, a quote that is never closed
 */
export async function* csvItems(
  kind: FileKind,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<readonly FileItem[]> {
  let header: readonly string[] | null = null;
  try {
    for await (const row of rowsOf(chunks)) {
      if (header) {
        yield [itemOf(header, row)];
        continue;
      }
      header = row.record.map((name) => name.trim());
      const fault = headerFault(header, columnsOf(kind, MEASURES));
      if (fault) throw new Error(fault);
    }
  } catch (error) {
    throw error instanceof CsvError ? new Error(`The file is not CSV: ${error.message}`) : error;
  }
  if (!header) throw new Error('The file is empty: its first line must name the columns');
}

function rowsOf(chunks: AsyncIterable<Buffer>): AsyncIterable<Row> {
  const parser = parse({
    bom: true,
    info: true,
    skipEmptyLines: true,
    relaxColumnCount: true,
    maxRecordSize: MAX_ROW_LENGTH,
  });
  return pipeline(decoded(chunks), parser, () => undefined) as AsyncIterable<Row>;
}

/** The parser would mend what is not UTF-8, and names would be lost. */
async function* decoded(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    throw error instanceof TypeError ? new Error('The file must be in UTF-8', { cause: error }) : error;
  }
}

function itemOf(header: readonly string[], { record, info }: Row): FileItem {
  const place = { line: info.lines, bytes: record.reduce((sum, cell) => sum + cell.length, 0) };
  try {
    return { ...place, item: itemOfRow(header, record) };
  } catch (fault) {
    if (!(fault instanceof ItemFault)) throw fault;
    return { ...place, fault };
  }
}
