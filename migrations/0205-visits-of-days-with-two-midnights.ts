import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Where clocks are put back to midnight, the first hour of that day was left out when its visits were summed. What was
 * summed in such a zone is forgotten and summed anew; reports read the raw facts until then.
 */
export class VisitsOfDaysWithTwoMidnights1763000000205 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE report_rollups SET time_zone = NULL, visits_before = NULL
       WHERE EXISTS (
               SELECT FROM generate_series(date '2010-01-01', visits_before, interval '1 day') AS midnight
                WHERE ((midnight::timestamp AT TIME ZONE time_zone) - interval '1 hour') AT TIME ZONE time_zone
                      = midnight::timestamp)
    `);
  }

  /** The sums are right in either version. */
  async down(): Promise<void> {}
}
