import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Hosts that do not answer rest before they are called again; old deliveries are found by their ids. */
export class RestingHosts1763000000148 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE postback_hosts
        -- Calls in a row that reached nobody.
        ADD failures integer NOT NULL DEFAULT 0,
        ADD rests_until timestamptz,
        ADD CONSTRAINT postback_hosts_failures_counted CHECK (failures >= 0);
      DROP INDEX postback_deliveries_finished;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX postback_deliveries_finished ON postback_deliveries (finished_at) WHERE finished_at IS NOT NULL;
      ALTER TABLE postback_hosts DROP failures, DROP rests_until;
    `);
  }
}
