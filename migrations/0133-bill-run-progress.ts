import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far a bill run is can be told only when it is known how far it goes. */
export class BillRunProgress1763000000133 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE bill_runs ADD COLUMN partners_expected integer');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE bill_runs DROP COLUMN partners_expected');
  }
}
