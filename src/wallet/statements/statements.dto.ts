/** The months that there are statements of. */
export class StatementMonths {
  /**
   * YYYY-MM in UTC, the latest first; the present month is given as far as it has come.
   * @example ["2026-11", "2026-10"]
   */
  items: string[];
  nextCursor: string | null;
}
