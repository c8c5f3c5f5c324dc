/** A line of a file without its end. */
export interface FileLine {
  /** From 1. */
  readonly line: number;
  /** Null for a line that is longer than lines may be. */
  readonly content: Buffer | null;
}

const LF = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Cuts a file into its lines, those of a chunk at once, however it is chunked; of a line beyond `maxBytes` no more is
 * kept, and empty ones are only counted. Lines end with LF or CR LF, the last one with the file too; a byte order mark at the beginning belongs to none.
 */
export async function* fileLines(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<FileLine[]> {
  const parts = new LineParts(maxBytes);
  let line = 1;
  for await (const chunk of chunks) {
    const lines: FileLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      parts.add(chunk, start, end);
      if (!parts.empty) lines.push({ line, content: parts.take(line === 1) });
      line += 1;
      start = end + 1;
    }
    parts.add(chunk, start, chunk.length);
    yield lines;
  }
  if (!parts.empty) yield [{ line, content: parts.take(line === 1) }];
}

/** The parts of one line that have come so far. */
class LineParts {
  private parts: Buffer[] = [];
  private size = 0;

  constructor(private readonly maxBytes: number) {}

  get empty(): boolean {
    return this.size === 0;
  }

  add(chunk: Buffer, start: number, end: number): void {
    if (start === end) return;
    this.size += end - start;
    if (this.size <= this.maxBytes) this.parts.push(chunk.subarray(start, end));
    else this.parts = [];
  }

  take(isFirst: boolean): Buffer | null {
    const whole = this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts);
    const tooLong = this.size > this.maxBytes;
    this.parts = [];
    this.size = 0;
    return tooLong ? null : trimmed(whole, isFirst);
  }
}

function trimmed(content: Buffer, isFirst: boolean): Buffer {
  const hasMark = isFirst && content.subarray(0, 3).equals(BYTE_ORDER_MARK);
  return content.subarray(hasMark ? 3 : 0, content.at(-1) === 0x0d ? -1 : undefined);
}
