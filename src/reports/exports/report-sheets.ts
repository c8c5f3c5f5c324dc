import type { FileCell, Sheet } from '../../platform/index.js';
import type { Cell, Heading } from '../domain/report-answer.js';
import { addRelatedIds, relatedBy, type RelatedIds } from '../report-relations.js';
import type { ReportSource } from './report-source.js';

/** Names kept while a file is written; most rows name the same few things. */
const MOST_NAMES = 20_000;

/**
 * A report as two tables for spreadsheets: rows, and totals. Beside every identifier stands the name of what it means.
 * Amounts are numbers; their currency is a column of its own.
 */
export function reportSheets(source: ReportSource): { rows: Sheet; totals: Sheet } {
  return {
    rows: { name: 'Rows', header: titlesOf(source.headings.rows), rows: namedRows(source) },
    totals: { name: 'Totals', header: titlesOf(source.headings.totals), rows: totalsOf(source) },
  };
}

function titlesOf(headings: readonly Heading[]): string[] {
  return headings.flatMap(({ name, title }) => (relatedBy(name) ? [`${title} ID`, title] : [title]));
}

async function* namedRows(source: ReportSource): AsyncGenerator<FileCell[][]> {
  const kinds = source.headings.rows.map(({ name }) => relatedBy(name));
  const names = new Map<string, string | null>();
  for await (const batch of source.rows()) {
    if (kinds.some((kind) => kind)) await addNames(names, batch, source.relations);
    yield batch.map((row) => cellsOf(row, kinds, names));
  }
}

/** Learns the names of what the rows identify and is not known yet. */
async function addNames(
  names: Map<string, string | null>,
  rows: readonly Cell[][],
  relations: ReportSource['relations'],
): Promise<void> {
  const ids: RelatedIds = new Map();
  addRelatedIds(ids, rows);
  if (names.size > MOST_NAMES) names.clear();
  const unknown = [...ids].map(
    ([kind, known]) => [kind, new Set([...known].filter((id) => !names.has(id)))] as const,
  );
  if (unknown.every(([, some]) => some.size === 0)) return;
  const found = await relations(new Map(unknown));
  for (const things of Object.values(found)) {
    for (const { id, name } of things as { id: string; name: string | null }[]) names.set(id, name);
  }
}

function cellsOf(
  row: readonly Cell[],
  kinds: readonly unknown[],
  names: ReadonlyMap<string, string | null>,
): FileCell[] {
  const cells: FileCell[] = [];
  for (let at = 0; at < row.length; at += 1) {
    const { value } = row[at]!;
    cells.push(cellOf(row[at]!));
    if (kinds[at]) cells.push(typeof value === 'string' ? (names.get(value) ?? null) : null);
  }
  return cells;
}

async function* totalsOf({ totals }: ReportSource): AsyncGenerator<FileCell[][]> {
  yield totals.map((row) => row.map(cellOf));
}

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** Numbers stay numbers; texts and days are texts (rule 11.6). */
function cellOf({ value, type }: Cell): FileCell {
  if (value === null) return null;
  if (typeof value === 'object') return { decimal: value.amount };
  if (typeof value === 'number') return value;
  return type !== 'string' && type !== 'date' && DECIMAL.test(value) ? { decimal: value } : value;
}
