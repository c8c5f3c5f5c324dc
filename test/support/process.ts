import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { WIDE_LIMITS } from './wide-limits.js';

export interface AppProcess {
  /** Origin that the application printed, without a trailing slash. */
  url: string;
  pid: number;
  /** Sends the signal and resolves when the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<AppExit>;
  /** Resolves when the process is gone, however that came about. */
  exited: Promise<AppExit>;
  /** Standard output and standard error so far. */
  output(): string;
}

export interface AppExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const PROJECT = join(import.meta.dirname, '../..');
const MAIN = join(PROJECT, 'dist/program/main.js');
const READY_LINE = /^Tributary is ready at (\S+?)\/?$/m;
const START_TIMEOUT_MS = 60_000;

/** What every process of the program gets of ours: with its modules compiled before, it starts sooner. */
export const BASE_ENVIRONMENT = {
  PATH: process.env['PATH'],
  TMPDIR: process.env['TMPDIR'],
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
};

/**
 * Starts the application, as `npm run build` built it last, as a process of its own, on a free port, without demo data,
 * and resolves when it prints that it is ready. `env` adds to its environment or takes from it (undefined); nothing else
 * of ours gets there but {@link BASE_ENVIRONMENT}, so DATABASE_URL is needed unless the embedded server is meant. Rejects
 * with its output when it ends or stays silent instead. `largestFileKiB` bounds every file that it writes, as a disk's
 * quota would.
 */
export async function spawnApp(
  env: Record<string, string | undefined> = {},
  { largestFileKiB }: { largestFileKiB?: number } = {},
): Promise<AppProcess> {
  const limit = largestFileKiB === undefined ? '' : `ulimit -f ${largestFileKiB};`;
  const child = spawn('bash', ['-c', `${limit} exec "$0" "$1"`, process.execPath, MAIN], {
    cwd: PROJECT,
    env: {
      ...BASE_ENVIRONMENT,
      HOST: '127.0.0.1',
      PORT: '0',
      TRIBUTARY_DEMO: 'off',
      ECB_RATES_URL: 'off',
      RATE_LIMITS: WIDE_LIMITS,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A test run that is cut short leaves no application behind.
  const killChild = () => child.kill('SIGKILL');
  process.once('exit', killChild);
  const exited = once(child, 'close').then(([code, signal]): AppExit => {
    process.off('exit', killChild);
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  let output = '';
  const url = await readyUrl(child, exited, (chunk) => (output += chunk));
  return {
    url,
    pid: child.pid ?? 0,
    kill: (signal = 'SIGTERM') => {
      child.kill(signal);
      return exited;
    },
    exited,
    output: () => output,
  };
}

function readyUrl(child: ChildProcess, exited: Promise<AppExit>, collect: (chunk: string) => string) {
  return new Promise<string>((resolve, reject) => {
    let output = '';
    const fail = (reason: string) => {
      child.kill('SIGKILL');
      reject(new Error(`The application did not start: ${reason}\n${output}`));
    };
    const timer = setTimeout(() => fail(`not ready within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    const read = (chunk: Buffer) => {
      output = collect(chunk.toString());
      const url = READY_LINE.exec(output)?.[1];
      if (!url) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    void exited.then(({ code, signal }) => {
      clearTimeout(timer);
      fail(`it ended with ${signal ?? `code ${code}`}`);
    });
  });
}
