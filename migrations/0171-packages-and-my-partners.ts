import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What packages and add-ons allow (rules §9.2), and what operators keep about their partners (O08). */
export class PackagesAndMyPartners1763000000171 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE packages
        -- How many at most, by name; what is not named, or null, is unlimited.
        ADD COLUMN limits jsonb NOT NULL DEFAULT '{}',
        -- Whether included, by name; what is not named is.
        ADD COLUMN features jsonb NOT NULL DEFAULT '{}',
        ADD CONSTRAINT packages_entitlements CHECK (jsonb_typeof(limits) = 'object' AND jsonb_typeof(features) = 'object'),
        ADD CONSTRAINT packages_default_active CHECK (active OR NOT is_default);

      CREATE TABLE add_ons (
        id          uuid        NOT NULL,
        name        text        NOT NULL,
        price_minor bigint      NOT NULL,
        currency    text        NOT NULL,
        -- How many more, by name; null lifts the limit. What is not named is not added.
        limits      jsonb       NOT NULL DEFAULT '{}',
        features    jsonb       NOT NULL DEFAULT '{}',
        active      boolean     NOT NULL DEFAULT true,
        created_at  timestamptz NOT NULL,
        CONSTRAINT add_ons_pk PRIMARY KEY (id),
        CONSTRAINT add_ons_name_unique UNIQUE (name),
        CONSTRAINT add_ons_price_not_negative CHECK (price_minor >= 0),
        CONSTRAINT add_ons_entitlements CHECK (jsonb_typeof(limits) = 'object' AND jsonb_typeof(features) = 'object')
      );

      CREATE TABLE partner_add_ons (
        -- The request that was approved: it brings one.
        request_id uuid        NOT NULL,
        partner_id uuid        NOT NULL,
        add_on_id  uuid        NOT NULL,
        granted_at timestamptz NOT NULL,
        CONSTRAINT partner_add_ons_pk PRIMARY KEY (request_id),
        CONSTRAINT partner_add_ons_request_fk FOREIGN KEY (request_id) REFERENCES partner_requests (id),
        CONSTRAINT partner_add_ons_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT partner_add_ons_add_on_fk FOREIGN KEY (add_on_id) REFERENCES add_ons (id)
      );
      CREATE INDEX partner_add_ons_partner ON partner_add_ons (partner_id);

      ALTER TABLE partners
        -- What the program's billing system calls the partner.
        ADD COLUMN invoice_id text,
        -- Names by which operators tell their partners apart.
        ADD COLUMN groups text[] NOT NULL DEFAULT '{}';
      CREATE INDEX partners_groups ON partners USING gin (groups);

      CREATE TABLE partner_notes (
        id         uuid        NOT NULL,
        partner_id uuid        NOT NULL,
        text       text        NOT NULL,
        written_by uuid        NOT NULL,
        written_at timestamptz NOT NULL,
        CONSTRAINT partner_notes_pk PRIMARY KEY (id),
        CONSTRAINT partner_notes_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT partner_notes_written_by_fk FOREIGN KEY (written_by) REFERENCES users (id)
      );
      CREATE INDEX partner_notes_partner ON partner_notes (partner_id, id);
      -- Notes are added; they go only with the partner's personal data.
      CREATE TRIGGER partner_notes_stay BEFORE UPDATE OR TRUNCATE ON partner_notes
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      INSERT INTO restricted_tables (name, privileges) VALUES ('partner_notes', '{SELECT,INSERT,DELETE}');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM restricted_tables WHERE name = 'partner_notes';
      DROP TABLE partner_notes;
      ALTER TABLE partners DROP COLUMN groups, DROP COLUMN invoice_id;
      DROP TABLE partner_add_ons;
      DROP TABLE add_ons;
      ALTER TABLE packages
        DROP CONSTRAINT packages_default_active,
        DROP CONSTRAINT packages_entitlements,
        DROP COLUMN features,
        DROP COLUMN limits;
    `);
  }
}
