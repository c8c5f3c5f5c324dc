import { parseArgs } from 'node:util';
import { Jobs } from '../platform/index.js';
import { exitWith, withApplication } from './command.js';
import { type FileSums, importProgram, type ImportOptions } from './program-import/program-import.js';
import { refusedRows } from './refused-rows.js';

const USAGE =
  'Usage: npm run program-import -- <folder> [--dry-run] [--invite] [--source <name>] [--refused <out.csv>]';

/** Imports another program from the CSV files of a folder; true when no row was refused. */
async function programImport(): Promise<boolean> {
  const { refused, ...options } = readOptions();
  return withApplication(async (app) => {
    await app.get(Jobs).start();
    const { refuse, end } = await refusedRows(
      refused,
      ['file', 'line', 'field', 'code', 'message'],
      ([file, line, , code, message]) => `${file} line ${line}: ${code} ${message}`,
    );
    const sums = await importProgram(app, options, (row) =>
      refuse([row.file, String(row.line), row.field, row.code, row.message]),
    );
    await end();
    process.stdout.write(report(sums, options));
    return sums.every((file) => file.refused === 0);
  });
}

function readOptions(): ImportOptions & { refused?: string } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      invite: { type: 'boolean', default: false },
      source: { type: 'string', default: 'import' },
      refused: { type: 'string' },
    },
  });
  const [folder] = positionals;
  if (!folder || positionals.length > 1) throw new Error(USAGE);
  const source = values.source.trim();
  if (source === '') throw new Error(`--source must name the old program; ${USAGE}`);
  return {
    folder,
    source,
    invite: values.invite,
    dryRun: values['dry-run'],
    refused: values.refused,
  };
}

function report(sums: readonly FileSums[], { dryRun }: ImportOptions): string {
  const verb = dryRun ? 'would be imported' : 'imported';
  const lines = sums.map(
    ({ file, imported, present, refused }) =>
      `${file}: ${imported} ${verb}, ${present} there already, ${refused} refused\n`,
  );
  return lines.join('') + (dryRun ? 'Nothing was written\n' : '');
}

exitWith(programImport());
