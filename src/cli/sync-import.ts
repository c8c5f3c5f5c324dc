import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { DataSource } from 'typeorm';
import { Brands } from '../brands/index.js';
import { csvLine, Jobs } from '../platform/index.js';
import { csvItems, FILE_KINDS, type FileKind, FileRecorder, type RecordedBatch } from '../tracking/index.js';
import { exitWith, withApplication } from './command.js';

const USAGE =
  'Usage: npm run sync-import -- --brand <id or slug> --kind players|activity|orders [--refused <out.csv>] [--dry-run] <file.csv>';

type Refuse = (line: string, code: string, message: string) => Promise<void>;

/** Takes in a CSV file of a brand's facts; true when nothing of it was refused. */
async function syncImport(): Promise<boolean> {
  const { path, kind, brand: idOrSlug, refused, dryRun } = readOptions();
  return withApplication(async (app) => {
    await app.get(Jobs).start();
    const brand = await app.get(Brands).getByIdOrSlug(app.get(DataSource), idOrSlug);
    const head = { brandId: brand.id, brandCurrency: brand.currency };
    const items = csvItems(kind, createReadStream(path));
    const sums = { accepted: 0, duplicate: 0, corrected: 0, rejected: 0 };
    const { refuse, end } = refusedRows(refused);
    for await (const batch of app.get(FileRecorder).record(kind, head, items, dryRun ? 'check' : 'write')) {
      for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += batch[name];
      for (const item of rejectedOf(batch)) await refuse(String(item.line), item.code!, item.message!);
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

/** Where refused rows are told: in a file for a spreadsheet, whose cells are made inert, or on stderr. */
function refusedRows(path: string | undefined): { refuse: Refuse; end: () => Promise<void> } {
  if (path === undefined) {
    return {
      refuse: (line, code, message) => {
        process.stderr.write(`line ${line}: ${code} ${message}\n`);
        return Promise.resolve();
      },
      end: () => Promise.resolve(),
    };
  }
  const file = createWriteStream(path);
  const write = async (cells: string[]): Promise<void> => {
    if (!file.write(csvLine(cells))) await once(file, 'drain');
  };
  void write(['line', 'code', 'message']);
  return {
    refuse: (...cells) => write(cells),
    end: async () => {
      file.end();
      await once(file, 'finish');
    },
  };
}

exitWith(syncImport());
