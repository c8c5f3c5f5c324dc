import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type FileSums,
  importProgram,
  type RefusedRow,
} from '../../../src/cli/program-import/program-import.js';
import type { TestApp } from '../../support/app.js';
import { body, type Person, signIn } from '../../support/journey.js';
import { SHARE } from '../../support/program.js';

/** The program that the example of docs/import.md is moved to. */
export class ImportScene {
  private constructor(
    readonly app: TestApp,
    readonly operator: Person,
    readonly folder: string,
  ) {}

  static async open(app: TestApp): Promise<ImportScene> {
    const operator = await signIn(app, 'admin@example.com', 'correct horse battery');
    const brand = await operator.post('operator/brands', { name: 'Silver Owl', currency: 'EUR' });
    const { id: brandId } = body<{ id: string }>(brand, 201);
    const landing = {
      brandId,
      title: 'Welcome',
      url: 'https://silverowl.example/welcome',
      audience: 'players',
    };
    body(await operator.post('operator/landings', landing), 201);
    const forPartners = { ...landing, url: 'https://silverowl.example/partners', audience: 'sub_affiliates' };
    body(await operator.post('operator/landings', forPartners), 201);
    const plan = { brandId, name: 'Share 25 %', period: 'monthly', timeZone: 'UTC', strategies: [SHARE] };
    body(await operator.post('operator/commission-plans', plan), 201);
    return new ImportScene(app, operator, await mkdtemp(join(tmpdir(), 'tributary-program-')));
  }

  /** Imports exactly these files, in this process. */
  async run(
    files: Readonly<Record<string, string | Buffer>>,
    options: { source?: string; invite?: boolean; dryRun?: boolean } = {},
  ): Promise<{ sums: FileSums[]; refused: RefusedRow[] }> {
    const folder = await mkdtemp(join(this.folder, 'files-'));
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const refused: RefusedRow[] = [];
    const wanted = { folder, source: 'import', invite: false, dryRun: false, ...options };
    const sums = await importProgram(this.app.app, wanted, (row) => {
      refused.push(row);
      return Promise.resolve();
    });
    return { sums, refused };
  }

  async count(table: string): Promise<number> {
    const [{ count }] = await this.app.db.query<[{ count: number }]>(
      `SELECT count(*)::int AS count FROM ${table}`,
    );
    return count;
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
