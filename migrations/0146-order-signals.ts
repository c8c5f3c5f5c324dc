import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Fraud signals about orders (B07). */
export class OrderSignals1763000000146 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE fraud_signals
        ADD COLUMN order_id uuid CONSTRAINT fraud_signals_order_fk REFERENCES orders (id),
        ADD CONSTRAINT fraud_signals_one_subject CHECK (num_nonnulls(player_id, order_id) <= 1),
        DROP CONSTRAINT fraud_signals_once,
        ADD CONSTRAINT fraud_signals_once UNIQUE NULLS NOT DISTINCT (player_id, order_id, promo_id, rule, fingerprint);
      DROP INDEX fraud_signals_confirmed_idx;
      CREATE INDEX fraud_signals_confirmed_idx ON fraud_signals (partner_id, player_id, order_id)
        WHERE state = 'confirmed';
      CREATE INDEX fraud_signals_order_idx ON fraud_signals (order_id) WHERE order_id IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM fraud_signals WHERE order_id IS NOT NULL;
      DROP INDEX fraud_signals_order_idx;
      DROP INDEX fraud_signals_confirmed_idx;
      CREATE INDEX fraud_signals_confirmed_idx ON fraud_signals (partner_id, player_id) WHERE state = 'confirmed';
      ALTER TABLE fraud_signals
        DROP CONSTRAINT fraud_signals_once,
        ADD CONSTRAINT fraud_signals_once UNIQUE NULLS NOT DISTINCT (player_id, promo_id, rule, fingerprint),
        DROP COLUMN order_id;
    `);
  }
}
