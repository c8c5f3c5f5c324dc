import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What finds the orders of a visit, the attempts of a delivery, and attempts by what they were about. */
export class ExplainedPostbacks1763000000149 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX orders_visit_idx ON orders (visit_id) WHERE visit_id IS NOT NULL;
      CREATE INDEX postback_deliveries_resent_idx ON postback_deliveries (postback_id, event_id) WHERE kind = 'resend';
      CREATE INDEX postback_log_delivery_idx ON postback_log (delivery_id, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX postback_log_delivery_idx, postback_deliveries_resent_idx, orders_visit_idx;
    `);
  }
}
