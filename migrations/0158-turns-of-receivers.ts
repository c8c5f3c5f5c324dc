import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Receivers at one host take turns: what is due is found receiver by receiver. */
export class TurnsOfReceivers1763000000158 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX postback_deliveries_turns
        ON postback_deliveries (host, coalesce(postback_id, webhook_id), next_attempt_at, id) WHERE state = 'pending';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX postback_deliveries_turns;');
  }
}
