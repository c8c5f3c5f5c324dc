import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often the banners of promos were shown (A04). */
export class Impressions1763000000121 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE promo_impressions (
        promo_id uuid   NOT NULL,
        -- In UTC.
        day      date   NOT NULL,
        people   bigint NOT NULL,
        bots     bigint NOT NULL,
        CONSTRAINT promo_impressions_pk PRIMARY KEY (promo_id, day),
        CONSTRAINT promo_impressions_promo_fk FOREIGN KEY (promo_id) REFERENCES promos (id),
        CONSTRAINT promo_impressions_counted CHECK (people >= 0 AND bots >= 0)
      -- Today's rows change every second: with room in their pages that touches no index.
      ) WITH (fillfactor = 70);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE promo_impressions');
  }
}
