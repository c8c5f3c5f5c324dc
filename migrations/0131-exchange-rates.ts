import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Exchange rates by day against the euro (rules §3.7). */
export class ExchangeRates1763000000131 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE exchange_rates (
        id         uuid        NOT NULL,
        -- UTC day.
        day        date        NOT NULL,
        currency   text        NOT NULL,
        source     text        NOT NULL,
        -- Units of the currency for one euro.
        per_euro   numeric     NOT NULL,
        -- Nobody where the program read it from the ECB.
        entered_by uuid,
        entered_at timestamptz NOT NULL,
        CONSTRAINT exchange_rates_pk PRIMARY KEY (id),
        CONSTRAINT exchange_rates_day_unique UNIQUE (currency, day, source),
        CONSTRAINT exchange_rates_entered_by_fk FOREIGN KEY (entered_by) REFERENCES users (id),
        CONSTRAINT exchange_rates_source_known CHECK (source IN ('ecb', 'csv', 'manual')),
        CONSTRAINT exchange_rates_entered_by_somebody CHECK ((source = 'ecb') = (entered_by IS NULL)),
        CONSTRAINT exchange_rates_not_of_the_euro CHECK (currency ~ '^[A-Z]{3,5}$' AND currency <> 'EUR'),
        CONSTRAINT exchange_rates_since_the_euro CHECK (day >= '1999-01-01'),
        CONSTRAINT exchange_rates_per_euro_plain
          CHECK (per_euro > 0 AND per_euro < 1e15 AND scale(per_euro) <= 18)
      );
      -- The list of operators.
      CREATE INDEX exchange_rates_list_idx ON exchange_rates (day, currency, source);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE exchange_rates');
  }
}
