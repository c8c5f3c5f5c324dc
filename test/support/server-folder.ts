import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a folder for an embedded server, which runs as another account when the tests run as root. */
export function makeServerFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `tributary-${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}
