import { CsvError, parse } from 'csv-parse';
import { pipeline } from 'node:stream';

const MAX_ROW_LENGTH = 1024 * 1024;

/** A row of a CSV file, its header included. */
export interface CsvRow {
  readonly cells: readonly string[];
  /** The line on which it ends, from 1. */
  readonly line: number;
}

/**
 * Reads CSV (RFC 4180) in UTF-8, with or without a byte order mark, row by row; empty lines are skipped.
 * @throws Error when the file as a whole cannot be read: its encoding, a quote that is never closed, a row beyond 1 MiB
 */
export async function* csvRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<CsvRow> {
  const parser = parse({
    bom: true,
    info: true,
    skipEmptyLines: true,
    relaxColumnCount: true,
    maxRecordSize: MAX_ROW_LENGTH,
  });
  const rows = pipeline(decoded(chunks), parser, () => undefined) as AsyncIterable<{
    record: string[];
    info: { lines: number };
  }>;
  try {
    for await (const { record, info } of rows) yield { cells: record, line: info.lines };
  } catch (error) {
    throw error instanceof CsvError ? new Error(`The file is not CSV: ${error.message}`) : error;
  }
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
