import { spawn } from 'node:child_process';
import type { Home } from './home.js';

/**
 * Runs one of PostgreSQL's programs to its end as the account of `home`, and resolves to what it printed.
 * Rejects with its output when it exits with anything but 0.
 */
export function runProgram(program: string, parameters: string[], home: Home): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      ...home.account,
      // The account may be barred from the caller's working directory.
      cwd: home.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let output = '';
    const collect = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ended with code ${code}: ${output.trim()}`));
    });
  });
}
