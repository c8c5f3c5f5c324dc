import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog } from '../../identity/index.js';
import { type Tx, UnitOfWork } from '../../platform/index.js';
import { LIVE_LINE_STATES } from '../domain/payout-line-state.js';
import { idOfPayoutReference, payoutReference } from '../domain/payout-reference.js';
import { NotResults, type RefusedRow, type ResultFile } from '../domain/payout-results.js';
import { readPain002 } from '../domain/read-pain002.js';
import { readResultsCsv } from '../domain/read-results-csv.js';
import { PayoutResults, type Recorded, type Result } from './payout-results.service.js';
import { notPayoutResults } from './payouts.errors.js';

/** What reading a file of results came to. */
export interface ImportedResults {
  /** Lines whose result was new. */
  recorded: number;
  /** Lines whose result was known. */
  unchanged: number;
  /** Rows that tell of no result yet. */
  open: number;
  refused: RefusedRow[];
}

type PlacedResult = Result & { readonly place: string };

/** A result takes a handful of statements; transactions are kept short. */
const RESULTS_PER_TRANSACTION = 50;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Files in which banks and operators say what became of a batch: pain.002.001.10, or CSV (B09). */
@Injectable()
export class PayoutImports {
  constructor(
    private readonly results: PayoutResults,
    private readonly auditLog: AuditLog,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Records what the file says, some lines per transaction: should it be cut off, the same file again does the rest.
   * @throws DomainError NOT_FOUND, INVALID_PAYOUT_RESULTS (422), PAYOUT_PROVIDER_ASKED (409)
   */
  async import(actor: Actor, batchId: string, text: string): Promise<ImportedResults> {
    const file = read(text, batchId);
    const named = new Map<string, PlacedResult>();
    const refused = [...file.refused];
    for (const { place, line, outcome, reason } of file.results) {
      const lineId = idOf(line);
      if (lineId === null) refused.push(unknownLine(place, line));
      else if (named.has(lineId)) refused.push(twice(place, line));
      else named.set(lineId, { place, lineId, outcome, reason });
    }
    const others = await this.unitOfWork.run((tx) => otherLines(tx, batchId, file, named));
    const all = [...named.values(), ...others];
    const imported: ImportedResults = { recorded: 0, unchanged: 0, open: file.open.length, refused };
    for (let from = 0; from === 0 || from < all.length; from += RESULTS_PER_TRANSACTION) {
      const some = all.slice(from, from + RESULTS_PER_TRANSACTION);
      const recorded = await this.unitOfWork.run((tx) => this.recordSome(tx, actor, batchId, some));
      recorded.forEach((result, index) => count(imported, result, some[index]!.place));
    }
    return imported;
  }

  private async recordSome(
    tx: Tx,
    actor: Actor,
    batchId: string,
    results: readonly PlacedResult[],
  ): Promise<Recorded[]> {
    const recorded = await this.results.recordByHand(tx, actor, batchId, results);
    const lines = (done: Recorded['done']) => recorded.filter((result) => result.done === done).length;
    await this.auditLog.record(tx, actor, {
      action: 'payout_batch.import_results',
      subject: { type: 'payout_batch', id: batchId },
      before: {},
      after: {
        recorded: lines('recorded'),
        unchanged: lines('unchanged'),
        refused: lines('refused'),
      },
    });
    return recorded;
  }
}

function read(text: string, batchId: string): ResultFile {
  try {
    return text
      .replace(/^\uFEFF/, '')
      .trimStart()
      .startsWith('<')
      ? readPain002(text, payoutReference(batchId))
      : readResultsCsv(text);
  } catch (error) {
    if (error instanceof NotResults) throw notPayoutResults(error.message);
    throw error;
  }
}

/** The lines that wait and are not named, where the file says something of all the others. */
async function otherLines(
  tx: Tx,
  batchId: string,
  { others, open }: ResultFile,
  named: ReadonlyMap<string, unknown>,
): Promise<PlacedResult[]> {
  if (others.length === 0) return [];
  const lines = await tx.query<{ id: string; block: string | null }[]>(
    'SELECT id, block FROM payout_lines WHERE batch_id = $1 AND state = ANY ($2) ORDER BY id',
    [batchId, LIVE_LINE_STATES],
  );
  const waiting = new Set(open.map(idOf));
  return lines.flatMap(({ id, block }): PlacedResult[] => {
    const said = others.find((other) => other.block === null || other.block === block);
    if (!said?.outcome || named.has(id) || waiting.has(id)) return [];
    return [{ place: said.block ?? 'message', lineId: id, outcome: said.outcome, reason: said.reason }];
  });
}

function idOf(line: string): string | null {
  return UUID.test(line) ? line.toLowerCase() : idOfPayoutReference(line);
}

function count(imported: ImportedResults, result: Recorded, place: string): void {
  if (result.done !== 'refused') imported[result.done] += 1;
  else {
    const { lineId: line, code, message } = result;
    imported.refused.push({ place, line, code, message });
  }
}

function unknownLine(place: string, line: string): RefusedRow {
  return { place, line, code: 'UNKNOWN_LINE', message: 'The batch has no such line.' };
}

function twice(place: string, line: string): RefusedRow {
  return { place, line, code: 'LINE_NAMED_TWICE', message: 'The file names this line before; that counts.' };
}
