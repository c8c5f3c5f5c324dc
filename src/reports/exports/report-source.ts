import type { FileCell } from '../../platform/index.js';
import type { ConversionDto } from '../display-currency.dto.js';
import type { Cell, FactRow, Heading } from '../domain/report-answer.js';
import type { ReportRelationsDto } from '../performance-report.dto.js';
import type { RelatedIds } from '../report-relations.js';

/** A whole report, read while it is written. Whoever opens one closes it. */
export interface ReportSource {
  reportType: string;
  /** By which rates amounts were converted; null where they are in their own currencies. */
  conversion: ConversionDto | null;
  headings: { rows: Heading[]; totals: Heading[] };
  /** All rows, some at a time; they may be read again, one reading after the other. */
  rows(): AsyncIterable<FactRow[]>;
  toCells: (row: FactRow) => Cell[];
  /** The same for spreadsheets, with names beside identifiers. */
  toFileCells: (row: FactRow) => FileCell[];
  /** Read when no rows are. */
  totals: () => Promise<Cell[][]>;
  /** What identifiers in rows stand for. */
  relations: (ids: RelatedIds) => Promise<ReportRelationsDto>;
  close(): Promise<void>;
}
