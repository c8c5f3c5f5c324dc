import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which visits repeat an earlier one, and what the job that finds out remembers (rules §2.2). */
export class DuplicateVisits1763000000120 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE visits ADD COLUMN duplicate boolean NOT NULL DEFAULT false;

      -- Who clicked on what in the last days. Kept apart from the visits, so that a click does not wait for its index.
      CREATE TABLE visit_keys (
        -- Of the promo, the address and the user agent.
        key      bytea NOT NULL,
        visit_id uuid  NOT NULL,
        CONSTRAINT visit_keys_pk PRIMARY KEY (key, visit_id),
        CONSTRAINT visit_keys_key_short CHECK (octet_length(key) = 16)
      ) PARTITION BY RANGE (visit_id);

      CREATE TABLE visit_passes (
        name       text NOT NULL,
        -- The last visit that was looked at; nil before the first.
        seen_up_to uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
        CONSTRAINT visit_passes_pk PRIMARY KEY (name),
        CONSTRAINT visit_passes_name_known CHECK (name IN ('soon', 'late'))
      );
      INSERT INTO visit_passes (name) VALUES ('soon'), ('late');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE visit_passes, visit_keys;
      ALTER TABLE visits DROP COLUMN duplicate;
    `);
  }
}
