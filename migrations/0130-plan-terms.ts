import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How long a plan holds its bills. */
export class PlanTerms1763000000130 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE commission_plan_versions
        -- Days after the end of a period for which its bill is held.
        ADD COLUMN hold_days integer NOT NULL DEFAULT 0,
        ADD CONSTRAINT commission_plan_versions_hold_days_range CHECK (hold_days BETWEEN 0 AND 365);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE commission_plan_versions DROP COLUMN hold_days');
  }
}
