import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { DataSource } from 'typeorm';
import { Brands } from '../brands/index.js';
import { Jobs } from '../platform/index.js';
import { csvItems, FILE_KINDS, type FileKind, FileRecorder, type RecordedBatch } from '../tracking/index.js';
import { exitWith, withApplication } from './command.js';
import { refusedRows } from './refused-rows.js';

const USAGE =
  'Usage: npm run sync-import -- --brand <id or slug> --kind players|activity|orders [--refused <out.csv>] [--dry-run] <file.csv>';

/** Takes in a CSV file of a brand's facts; true when nothing of it was refused. */
async function syncImport(): Promise<boolean> {
  const { path, kind, brand: idOrSlug, refused, dryRun } = readOptions();
  return withApplication(async (app) => {
    await app.get(Jobs).start();
    const brand = await app.get(Brands).getByIdOrSlug(app.get(DataSource), idOrSlug);
    const head = { brandId: brand.id, brandCurrency: brand.currency };
    const items = csvItems(kind, createReadStream(path));
    const sums = { accepted: 0, duplicate: 0, corrected: 0, rejected: 0 };
    const { refuse, end } = await refusedRows(
      refused,
      ['line', 'code', 'message'],
      ([line, code, message]) => `line ${line}: ${code} ${message}`,
    );
    for await (const batch of app.get(FileRecorder).record(kind, head, items, dryRun ? 'check' : 'write')) {
      for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += batch[name];
      for (const item of rejectedOf(batch)) await refuse([String(item.line), item.code!, item.message!]);
    }
    await end();
    const counts = Object.entries(sums).map(([name, count]) => `${count} ${name}`);
    process.stdout.write(`${counts.join(', ')}${dryRun ? '; nothing was written' : ''}\n`);
    return sums.rejected === 0;
  });
}

function readOptions(): { path: string; kind: FileKind; brand: string; refused?: string; dryRun: boolean } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      brand: { type: 'string' },
      kind: { type: 'string' },
      refused: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  const kind = FILE_KINDS.find((known) => known === values.kind);
  const [path] = positionals;
  if (!kind || !values.brand || !path || positionals.length > 1) throw new Error(USAGE);
  return { path, kind, brand: values.brand, refused: values.refused, dryRun: values['dry-run'] };
}

function rejectedOf({ items }: RecordedBatch): RecordedBatch['items'] {
  return items.filter(({ status }) => status === 'rejected');
}

exitWith(syncImport());
