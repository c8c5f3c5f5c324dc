import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { BASE_ENVIRONMENT } from './process.js';

const COMMANDS = join(import.meta.dirname, '../../dist/program');

export interface CommandExit {
  code: number;
  /** Standard output. */
  out: string;
  /** Standard error. */
  error: string;
}

/**
 * Runs a command of the program, as `npm run build` built it last, until it ends.
 * @param name of its file, without the ending
 * @param env beside {@link BASE_ENVIRONMENT}; nothing else of ours gets there
 */
export function runCommand(
  name: string,
  options: readonly string[],
  env: Record<string, string>,
): Promise<CommandExit> {
  const parameters = [join(COMMANDS, `${name}.js`), ...options];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      parameters,
      { env: { ...BASE_ENVIRONMENT, ...env } },
      (failure, out, error) => {
        resolve({ code: failure ? Number(failure.code) : 0, out, error });
      },
    );
  });
}
