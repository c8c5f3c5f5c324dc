import { isUtf8 } from 'node:buffer';
import type { FileItem } from '../domain/file-item.js';
import { ItemFault } from '../domain/item-fault.js';
import { type FileLine, fileLines } from './file-lines.js';

/** Room for every item that can be taken: activity with a thousand deposits. */
const MAX_LINE_BYTES = 1024 * 1024;

/** Reads NDJSON, one item a line; lines with nothing on them are left out. */
export async function* ndjsonItems(chunks: AsyncIterable<Buffer>): AsyncGenerator<FileItem[]> {
  for await (const lines of fileLines(chunks, MAX_LINE_BYTES)) yield lines.flatMap(readLine);
}

function readLine({ line, content }: FileLine): FileItem | [] {
  if (!content) return faulty(line, MAX_LINE_BYTES, `must have at most ${MAX_LINE_BYTES} bytes`);
  const bytes = content.length;
  if (!isUtf8(content)) return faulty(line, bytes, 'must be in UTF-8');
  const text = content.toString();
  if (text.trim() === '') return [];
  try {
    return { line, bytes, item: JSON.parse(text) as unknown };
  } catch {
    return faulty(line, bytes, 'must be JSON');
  }
}

function faulty(line: number, bytes: number, message: string): FileItem {
  return { line, bytes, fault: new ItemFault('INVALID_LINE', `line: ${message}`) };
}
