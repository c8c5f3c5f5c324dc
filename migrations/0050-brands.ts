import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Brands with their landings, media and sync keys. */
export class Brands1763000000050 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE brands (
        id            uuid        NOT NULL,
        name          text        NOT NULL,
        slug          text        NOT NULL,
        state         text        NOT NULL,
        currency      text        NOT NULL,
        category      text,
        country       text,
        website       text,
        tag_parameter text        NOT NULL DEFAULT 'tag',
        created_at    timestamptz NOT NULL,
        CONSTRAINT brands_pk PRIMARY KEY (id),
        CONSTRAINT brands_slug_unique UNIQUE (slug),
        CONSTRAINT brands_state_known CHECK (state IN ('active', 'archived')),
        CONSTRAINT brands_tag_parameter_plain CHECK (tag_parameter ~ '^[A-Za-z0-9_.-]{1,40}$')
      );

      CREATE TABLE landings (
        id         uuid        NOT NULL,
        brand_id   uuid        NOT NULL,
        title      text        NOT NULL,
        url        text        NOT NULL,
        audience   text        NOT NULL,
        active     boolean     NOT NULL DEFAULT true,
        created_at timestamptz NOT NULL,
        CONSTRAINT landings_pk PRIMARY KEY (id),
        CONSTRAINT landings_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
        CONSTRAINT landings_audience_known CHECK (audience IN ('players', 'sub_affiliates')),
        CONSTRAINT landings_url_http CHECK (url ~* '^https?://')
      );
      CREATE INDEX landings_brand_idx ON landings (brand_id, id);

      CREATE TABLE media (
        id         uuid        NOT NULL,
        brand_id   uuid        NOT NULL,
        title      text        NOT NULL,
        kind       text        NOT NULL,
        url        text        NOT NULL,
        width      integer,
        height     integer,
        language   text,
        created_at timestamptz NOT NULL,
        CONSTRAINT media_pk PRIMARY KEY (id),
        CONSTRAINT media_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
        CONSTRAINT media_kind_known CHECK (kind IN ('image', 'html', 'video', 'text')),
        CONSTRAINT media_size_positive CHECK (width > 0 AND height > 0),
        CONSTRAINT media_url_http CHECK (url ~* '^https?://')
      );
      CREATE INDEX media_brand_idx ON media (brand_id, id);

      CREATE TABLE sync_keys (
        id            uuid        NOT NULL,
        brand_id      uuid        NOT NULL,
        auth_key      text        NOT NULL,
        secret_sealed text        NOT NULL,
        created_at    timestamptz NOT NULL,
        revoked_at    timestamptz,
        CONSTRAINT sync_keys_pk PRIMARY KEY (id),
        CONSTRAINT sync_keys_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
        CONSTRAINT sync_keys_auth_key_unique UNIQUE (auth_key)
      );
      CREATE INDEX sync_keys_brand_idx ON sync_keys (brand_id, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sync_keys, media, landings, brands;');
  }
}
