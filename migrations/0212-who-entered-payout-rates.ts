import type { MigrationInterface, QueryRunner } from 'typeorm';

const FIXED = 'bill_id, currency, rate_day, fiat_per_euro, coin_per_euro, fixed_at';

/**
 * Who entered the rates by which bills are paid in a coin: that operator alone does not approve them where there is a
 * limit (rule 4.5). Of rates that were corrected since they were taken nobody is known.
 */
export class WhoEnteredPayoutRates1763000000212 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE bill_payouts
        ADD COLUMN fiat_rate_by uuid,
        ADD COLUMN coin_rate_by uuid,
        ADD CONSTRAINT bill_payouts_fiat_rate_by_fk FOREIGN KEY (fiat_rate_by) REFERENCES users (id),
        ADD CONSTRAINT bill_payouts_coin_rate_by_fk FOREIGN KEY (coin_rate_by) REFERENCES users (id);
    `);
    await runner.query(`UPDATE bill_payouts AS payout
         SET fiat_rate_by = ${enteredBy('bill.currency', 'fiat_per_euro')},
             coin_rate_by = ${enteredBy('payout.currency', 'coin_per_euro')}
        FROM bills AS bill WHERE bill.id = payout.bill_id`);
    await fixColumns(runner, `${FIXED}, fiat_rate_by, coin_rate_by`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await fixColumns(runner, FIXED);
    await runner.query('ALTER TABLE bill_payouts DROP COLUMN fiat_rate_by, DROP COLUMN coin_rate_by');
  }
}

/** Who entered the last such rate of the week that ends with the bill's period. */
function enteredBy(currency: string, perEuro: string): string {
  return `(SELECT rate.entered_by FROM exchange_rates AS rate
            WHERE rate.currency = ${currency} AND rate.per_euro = payout.${perEuro}
              AND rate.day BETWEEN bill.last_day - 7 AND bill.last_day
            ORDER BY rate.day DESC, rate.entered_by LIMIT 1)`;
}

/** Has the database refuse changes of these columns. */
async function fixColumns(runner: QueryRunner, columns: string): Promise<void> {
  await runner.query(`
    DROP TRIGGER bill_payouts_at_one_rate ON bill_payouts;
    CREATE TRIGGER bill_payouts_at_one_rate BEFORE DELETE OR TRUNCATE OR UPDATE OF ${columns}
      ON bill_payouts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  `);
}
