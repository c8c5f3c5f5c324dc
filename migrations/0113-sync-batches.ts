import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets a brand find the batches of which something was refused. */
export class SyncBatches1763000000113 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX sync_batches_refused_idx ON sync_batches (brand_id, id) WHERE rejected > 0',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sync_batches_refused_idx');
  }
}
