import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Orders that name a player of another program: neither a visit nor a promo code brought such a player. */
export class OrdersOfImportedPlayers1763000000218 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE orders DROP CONSTRAINT orders_one_touch,
        ADD CONSTRAINT orders_one_touch CHECK (num_nulls(visit_id, promo_code_id) >= 1)`);
  }

  /** Fails where there are such orders: they would be nobody's. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE orders DROP CONSTRAINT orders_one_touch,
        ADD CONSTRAINT orders_one_touch CHECK (num_nulls(visit_id, promo_code_id) = 1)`);
  }
}
