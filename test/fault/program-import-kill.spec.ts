import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrlOf } from '../../src/platform/index.js';
import { createTestApp, type TestApp } from '../support/app.js';

const COMMAND = join(import.meta.dirname, '../../dist/program/program-import.js');
const PARTNERS = 1_000;

let app: TestApp;
let folder: string;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  folder = await mkdtemp(join(tmpdir(), 'tributary-kill-'));
  const ids = Array.from({ length: PARTNERS }, (_, index) => index);
  const partners = ids.map((id) => `${id},p${id}@old.example,Partner ${id},affiliate,DE\n`);
  const balances = ids.map((id) => `${id},EUR,${id + 1}.00\n`);
  await writeFile(join(folder, 'partners.csv'), `id,email,name,kind,country\n${partners.join('')}`);
  await writeFile(join(folder, 'balances.csv'), `partner_id,currency,available\n${balances.join('')}`);
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

function start(...options: string[]) {
  const env = { PATH: process.env['PATH'], DATABASE_URL: databaseUrlOf(app.db), TRIBUTARY_DATA_DIR: folder };
  const child = spawn(process.execPath, [COMMAND, folder, ...options], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }));
  return { child, ended };
}

async function imported(kind: string): Promise<number> {
  const [{ count }] = await app.db.query<[{ count: number }]>(
    'SELECT count(*)::int AS count FROM imported_objects WHERE kind = $1',
    [kind],
  );
  return count;
}

describe('B10 an import that is killed', () => {
  it('goes on when it is started again, and doubles nothing', async () => {
    const first = start();
    while ((await imported('partner')) === 0) await new Promise(setImmediate);
    first.child.kill('SIGKILL');
    await first.ended;
    const left = await imported('partner');
    expect(left % 200).toBe(0);
    expect(left).toBeLessThan(PARTNERS);

    const second = await start().ended;
    expect(second).toMatchObject({ code: 0 });
    expect(second.output).toBe(
      `partners.csv: ${PARTNERS - left} imported, ${left} there already, 0 refused\n` +
        `balances.csv: ${PARTNERS} imported, 0 there already, 0 refused\n`,
    );
    const [sums] = await app.db.query<[{ partners: number; total: string }]>(
      `SELECT (SELECT count(*)::int FROM partners) AS partners,
              (SELECT sum(balance_minor) FROM ledger_accounts WHERE kind = 'available') AS total`,
    );
    expect(sums).toEqual({ partners: PARTNERS, total: String((PARTNERS * (PARTNERS + 1) * 100) / 2) });
  });

  it('tells what it refused in a file, and says how it is called', async () => {
    const refused = join(folder, 'refused.csv');
    await writeFile(join(folder, 'links.csv'), 'code,campaign_id,landing\nfox,=1+1,https://x.example/\n');
    const { code, output } = await start('--dry-run', '--refused', refused).ended;
    expect(code).toBe(1);
    expect(output).toContain('links.csv: 0 would be imported, 0 there already, 1 refused\n');
    expect(output).toContain('Nothing was written');
    expect(await readFile(refused, 'utf8')).toBe(
      `file,line,field,code,message\r\nlinks.csv,2,campaign_id,UNKNOWN_CAMPAIGN,campaign_id: no campaign '=1+1' has been imported\r\n`,
    );
    expect((await start('second').ended).output).toContain('Usage: npm run program-import');
  });

  it.each([
    [
      'a file for refused rows that cannot be made',
      '--refused',
      /^\/nope\/x\.csv cannot be written: .*ENOENT.*\n$/,
    ],
    ['no name of the old program', '--source', /^--source must name the old program.*\n$/],
  ])('says in one line what is wrong with %s', async (_, option, line) => {
    const values = option === '--refused' ? ['/nope/x.csv'] : ['', ' \u00a0'];
    for (const value of values) {
      const { code, output } = await start('--dry-run', option, value).ended;
      expect(output).toMatch(line);
      expect(code).toBe(1);
    }
  });
});
