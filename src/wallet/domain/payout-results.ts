import type { PayoutOutcome } from './payout-line-state.js';

/** What a file says of one line. */
export interface LineResult {
  /** Where in the file it says so, for people: `line 3`, `transaction 2`. */
  readonly place: string;
  /** As the file names the line: its id or its reference. */
  readonly line: string;
  readonly outcome: PayoutOutcome;
  readonly reason: string | null;
}

/** A row that says nothing that could be recorded, and why. */
export interface RefusedRow {
  readonly place: string;
  readonly line: string | null;
  readonly code: string;
  readonly message: string;
}

/** What a whole file of results says. */
export interface ResultFile {
  readonly results: readonly LineResult[];
  readonly refused: readonly RefusedRow[];
  /**
   * For the lines of these blocks of payments, or of the whole batch (`block: null`), that are not named: what comes
   * first counts, also where it is that there is no result yet (`outcome: null`).
   */
  readonly others: readonly { block: string | null; outcome: PayoutOutcome | null; reason: string | null }[];
  /** Lines that the file names without a result yet. */
  readonly open: readonly string[];
}

/** A file that is none of those that are read; `faults` say what it should be. */
export class NotResults extends Error {}

const MAX_REASON = 500;

/** A reason in one line that can be shown; null when there is none. */
export function shownReason(text: string): string | null {
  return (
    text
      .replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
      .trim()
      .slice(0, MAX_REASON) || null
  );
}
