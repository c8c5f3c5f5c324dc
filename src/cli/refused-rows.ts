import { open } from 'node:fs/promises';
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
 * @throws Error when the file cannot be made, or later written
 */
export async function refusedRows(
  path: string | undefined,
  header: readonly string[],
  toText: (cells: readonly string[]) => string,
): Promise<RefusedRows> {
  if (path === undefined) {
    return {
      refuse: (cells) => {
        process.stderr.write(`${toText(cells)}\n`);
        return Promise.resolve();
      },
      end: () => Promise.resolve(),
    };
  }
  const unwritable = (error: unknown): never => {
    throw new Error(`${path} cannot be written: ${(error as Error).message}`, { cause: error });
  };
  const file = await open(path, 'w').catch(unwritable);
  const refuse = (cells: readonly string[]): Promise<void> =>
    file.appendFile(csvLine(cells)).catch(unwritable);
  await refuse(header);
  return { refuse, end: () => file.close() };
}
