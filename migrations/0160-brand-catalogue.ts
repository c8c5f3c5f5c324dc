import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Brands that partners suggest, the editorial rating of brands, and the deals that dashboards show (T01, T02). */
export class BrandCatalogue1763000000160 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE brands
        -- Stars that operators give; nobody has looked at the brand yet where there are none.
        ADD COLUMN rating numeric(2,1),
        ADD CONSTRAINT brands_rating_in_halves CHECK (rating BETWEEN 0 AND 5 AND rating * 2 = trunc(rating * 2));

      CREATE TABLE brand_suggestions (
        id           uuid        NOT NULL,
        partner_id   uuid        NOT NULL,
        name         text        NOT NULL,
        website      text        NOT NULL,
        -- As names and websites are compared.
        name_key     text        NOT NULL,
        website_key  text        NOT NULL,
        country      text,
        comment      text,
        state        text        NOT NULL,
        -- The brand that was made of it.
        brand_id     uuid,
        reason       text,
        suggested_at timestamptz NOT NULL,
        decided_at   timestamptz,
        decided_by   uuid,
        CONSTRAINT brand_suggestions_pk PRIMARY KEY (id),
        CONSTRAINT brand_suggestions_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT brand_suggestions_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
        CONSTRAINT brand_suggestions_state_known CHECK (state IN ('pending', 'accepted', 'declined')),
        CONSTRAINT brand_suggestions_decided CHECK ((state = 'pending') = (decided_at IS NULL)),
        CONSTRAINT brand_suggestions_reasoned CHECK ((state = 'declined') = (reason IS NOT NULL)),
        CONSTRAINT brand_suggestions_brand_accepted CHECK (brand_id IS NULL OR state = 'accepted')
      );
      -- Nobody suggests the same brand twice while the first suggestion waits.
      CREATE UNIQUE INDEX brand_suggestions_name_once ON brand_suggestions (partner_id, name_key) WHERE state = 'pending';
      CREATE UNIQUE INDEX brand_suggestions_website_once ON brand_suggestions (partner_id, website_key) WHERE state = 'pending';
      CREATE INDEX brand_suggestions_partner_idx ON brand_suggestions (partner_id, id);
      CREATE INDEX brand_suggestions_state_idx ON brand_suggestions (state, id);
      CREATE INDEX brand_suggestions_website_idx ON brand_suggestions (website_key);
      CREATE INDEX brand_suggestions_name_idx ON brand_suggestions (name_key);

      CREATE TABLE brand_deals (
        id             uuid        NOT NULL,
        brand_id       uuid        NOT NULL,
        title          text        NOT NULL,
        link           text        NOT NULL,
        code           text,
        kind           text        NOT NULL,
        -- The size: basis points, or an amount.
        size_bps       integer,
        size_minor     bigint,
        currency       text,
        starts_at      timestamptz NOT NULL,
        -- Not included; runs until it is deleted where there is none.
        ends_at        timestamptz,
        created_at     timestamptz NOT NULL,
        -- Set when operators took it off the dashboards.
        removed_at     timestamptz,
        removed_by     uuid,
        removal_reason text,
        CONSTRAINT brand_deals_pk PRIMARY KEY (id),
        CONSTRAINT brand_deals_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
        CONSTRAINT brand_deals_kind_known CHECK (kind IN ('discount', 'bonus')),
        CONSTRAINT brand_deals_one_size CHECK (num_nonnulls(size_bps, size_minor) = 1 AND (size_minor IS NULL) = (currency IS NULL)),
        CONSTRAINT brand_deals_size_positive CHECK (size_bps > 0 AND (kind = 'bonus' OR size_bps <= 10000) OR size_minor > 0),
        CONSTRAINT brand_deals_link_http CHECK (link ~* '^https?://'),
        CONSTRAINT brand_deals_ends_later CHECK (ends_at > starts_at),
        CONSTRAINT brand_deals_removed CHECK (num_nulls(removed_at, removed_by, removal_reason) IN (0, 3))
      );
      CREATE INDEX brand_deals_brand_idx ON brand_deals (brand_id, id);
      CREATE INDEX brand_deals_latest_idx ON brand_deals (starts_at, id) WHERE removed_at IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE brand_deals, brand_suggestions;
      ALTER TABLE brands DROP COLUMN rating;
    `);
  }
}
