import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Plans that are paid out in a coin, and what their bills come to in it (rules §3.7). */
export class PayoutCoins1763000000134 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE commission_plans ADD COLUMN payout_currency text,
        ADD CONSTRAINT commission_plans_payout_currency_code CHECK (payout_currency ~ '^[A-Z]{3,5}$');

      CREATE TABLE bill_payouts (
        bill_id       uuid        NOT NULL,
        currency      text        NOT NULL,
        -- The rates of the period's last day, or of the last day before it that has some.
        rate_day      date        NOT NULL,
        fiat_per_euro numeric     NOT NULL,
        coin_per_euro numeric     NOT NULL,
        -- What the bill's payable amount comes to; corrections change it, at the same rates.
        payable_minor bigint      NOT NULL,
        fixed_at      timestamptz NOT NULL,
        CONSTRAINT bill_payouts_pk PRIMARY KEY (bill_id),
        CONSTRAINT bill_payouts_bill_fk FOREIGN KEY (bill_id) REFERENCES bills (id),
        CONSTRAINT bill_payouts_rates_positive CHECK (fiat_per_euro > 0 AND coin_per_euro > 0),
        CONSTRAINT bill_payouts_payable_not_negative CHECK (payable_minor >= 0)
      );
      CREATE TRIGGER bill_payouts_at_one_rate
        BEFORE DELETE OR TRUNCATE OR UPDATE OF bill_id, currency, rate_day, fiat_per_euro, coin_per_euro, fixed_at
        ON bill_payouts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE bill_payouts;
      ALTER TABLE commission_plans DROP COLUMN payout_currency;
    `);
  }
}
