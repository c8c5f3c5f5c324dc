import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which visits are of bots or come from data centres. */
export class VisitFlags1763000000114 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE visits
        ADD COLUMN bot        boolean NOT NULL DEFAULT false,
        ADD COLUMN datacenter boolean NOT NULL DEFAULT false,
        ADD CONSTRAINT visits_country_code CHECK (country ~ '^[A-Z]{2}$');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE visits
        DROP CONSTRAINT visits_country_code,
        DROP COLUMN datacenter,
        DROP COLUMN bot;
    `);
  }
}
