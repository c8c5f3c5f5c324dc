import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was cancelled with its postback is sent again with what failed, and found like it among millions of deliveries. */
export class CancelledDeliveries1763000000189 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX postback_deliveries_cancelled ON postback_deliveries (owner_id, id)
        WHERE given_up = 'cancelled' AND kind = 'event' AND postback_id IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX postback_deliveries_cancelled');
  }
}
