import { CsvError, parse } from 'csv-parse';
import { pipeline } from 'node:stream';

const MAX_ROW_LENGTH = 1024 * 1024;
const LINE_FEED = 0x0a;

/** A row of a CSV file, its header included. */
export interface CsvRow {
  readonly cells: readonly string[];
  /** The line on which it ends, from 1. */
  readonly line: number;
}

interface ParsedRow {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/**
 * Reads CSV (RFC 4180) in UTF-8, with or without a byte order mark, row by row; empty lines are skipped.
 * @param file what errors call it
 * @throws Error naming the line, when the file as a whole cannot be read: its encoding, a quote that is never closed, a
 * row beyond 1 MiB
 */
export async function* csvRows(chunks: AsyncIterable<Buffer>, file = 'The file'): AsyncGenerator<CsvRow> {
  let lastLine = 0;
  const parser = parse({
    bom: true,
    info: true,
    skipEmptyLines: true,
    relaxColumnCount: true,
    maxRecordSize: MAX_ROW_LENGTH,
    // Rows that were parsed before an error may never come out below.
    onRecord: (row: string[], { lines }) => {
      lastLine = lines;
      return row;
    },
  });
  const rows = pipeline(decoded(chunks, file), parser, () => undefined) as AsyncIterable<ParsedRow>;
  try {
    for await (const { record, info } of rows) yield { cells: record, line: info.lines };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new Error(`${file} is not CSV: the row from line ${lastLine + 1}: ${error.message}`, {
      cause: error,
    });
  }
}

/** The parser would mend what is not UTF-8, and names would be lost. */
async function* decoded(chunks: AsyncIterable<Buffer>, file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let line = 1;
  let begun: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    yield orFault(() => decoder.decode(chunk, { stream: true }), () => line + goodLines(Buffer.concat([begun, chunk]))); // prettier-ignore
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) line += 1;
    begun = lastCharacter(Buffer.concat([begun, chunk.subarray(-4)]));
  }
  yield orFault(() => decoder.decode(), () => line); // prettier-ignore

  function orFault(decode: () => string, lineOf: () => number): string {
    try {
      return decode();
    } catch (error) {
      throw new Error(`${file} must be in UTF-8: line ${lineOf()} is not`, { cause: error });
    }
  }
}

/** The last bytes from where a longer character begins: a chunk may end within one. */
function lastCharacter(bytes: Buffer): Buffer {
  const at = bytes.findLastIndex((byte) => byte < 0x80 || byte >= 0xc0);
  return bytes.subarray(bytes[at]! >= 0xc0 ? at : bytes.length);
}

/** How many lines there are before the first one that is not UTF-8. */
function goodLines(bytes: Buffer): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let lines = 0;
  try {
    for (let from = 0; ; lines += 1) {
      const end = bytes.indexOf(LINE_FEED, from) + 1;
      decoder.decode(bytes.subarray(from, end || undefined), { stream: true });
      if (end === 0) return lines;
      from = end;
    }
  } catch {
    return lines;
  }
}
