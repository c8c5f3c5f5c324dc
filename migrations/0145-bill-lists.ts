import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Bills are listed by when they were made, by period and by state. */
export class BillLists1763000000145 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX bills_partner_idx;
      DROP INDEX bills_state_idx;
      CREATE INDEX bills_partner_idx ON bills (partner_id, created_at, id);
      CREATE INDEX bills_state_idx ON bills (state, created_at, id);
      CREATE INDEX bills_created_idx ON bills (created_at, id);
      CREATE INDEX bills_first_day_idx ON bills (first_day, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX bills_first_day_idx;
      DROP INDEX bills_created_idx;
      DROP INDEX bills_partner_idx;
      DROP INDEX bills_state_idx;
      CREATE INDEX bills_partner_idx ON bills (partner_id, id);
      CREATE INDEX bills_state_idx ON bills (state, id);
    `);
  }
}
