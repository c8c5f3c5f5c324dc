import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Money of deposits is told once, also when a list names what a sum has stood for: who asks why hears which told it. */
export class DepositsToldBefore1763000000193 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The deposit by whose action all of it was told; NULL where one of its own did.
      ALTER TABLE deposits ADD COLUMN told_as text;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE deposits DROP COLUMN told_as');
  }
}
