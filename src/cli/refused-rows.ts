import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { csvLine } from '../platform/index.js';

/** Where a command tells what it refused. */
export interface RefusedRows {
  readonly refuse: (cells: readonly string[]) => Promise<void>;
  readonly end: () => Promise<void>;
}

/**
 * Tells refused rows in a file for a spreadsheet, whose cells are made inert, or on stderr.
 * @param path of the file; undefined for stderr
 * @param toText a row's words on stderr
 */
export function refusedRows(
  path: string | undefined,
  header: readonly string[],
  toText: (cells: readonly string[]) => string,
): RefusedRows {
  if (path === undefined) {
    return {
      refuse: (cells) => {
        process.stderr.write(`${toText(cells)}\n`);
        return Promise.resolve();
      },
      end: () => Promise.resolve(),
    };
  }
  const file = createWriteStream(path);
  const write = async (cells: readonly string[]): Promise<void> => {
    if (!file.write(csvLine(cells))) await once(file, 'drain');
  };
  void write(header);
  return {
    refuse: write,
    end: async () => {
      file.end();
      await once(file, 'finish');
    },
  };
}
