import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Uploaded images and text links, and who may use them (A04). */
export class MediaLibrary1763000000111 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(MEDIA);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE media_partners;
      DROP INDEX media_tags_idx;
      ALTER TABLE media DROP CONSTRAINT media_content_whole;
      DELETE FROM media WHERE size_bytes IS NOT NULL AND NOT EXISTS (SELECT FROM promos WHERE media_id = media.id);
      -- What promos use stays, under an address that leads nowhere.
      UPDATE media SET url = 'https://invalid.example/' || id WHERE url IS NULL;
      ALTER TABLE media
        DROP COLUMN text, DROP COLUMN format, DROP COLUMN size_bytes, DROP COLUMN tags, DROP COLUMN privacy,
        DROP COLUMN active,
        ALTER COLUMN url SET NOT NULL;
    `);
  }
}

const MEDIA = `
  ALTER TABLE media
    ALTER COLUMN url DROP NOT NULL,
    -- What visitors read of a text link.
    ADD COLUMN text text,
    ADD COLUMN format text,
    -- Of an uploaded file; the others lie elsewhere, at their url.
    ADD COLUMN size_bytes bigint,
    ADD COLUMN tags text[] NOT NULL DEFAULT '{}',
    ADD COLUMN privacy text NOT NULL DEFAULT 'public',
    ADD COLUMN active boolean NOT NULL DEFAULT true;
  UPDATE media SET text = title, url = NULL WHERE kind = 'text';
  ALTER TABLE media
    ADD CONSTRAINT media_content_whole CHECK (
      num_nonnulls(text, url, size_bytes) = 1
      AND (kind = 'text') = (text IS NOT NULL)
      AND (size_bytes IS NULL OR (kind = 'image' AND num_nonnulls(format, width, height) = 3))),
    ADD CONSTRAINT media_format_known CHECK (format IN ('png', 'jpg', 'gif', 'webp')),
    ADD CONSTRAINT media_file_size_sane CHECK (size_bytes BETWEEN 1 AND 10485760),
    ADD CONSTRAINT media_privacy_known CHECK (privacy IN ('public', 'private'));
  CREATE INDEX media_tags_idx ON media USING gin (tags);

  -- Whom a private medium is for.
  CREATE TABLE media_partners (
    media_id   uuid NOT NULL,
    partner_id uuid NOT NULL,
    CONSTRAINT media_partners_pk PRIMARY KEY (media_id, partner_id),
    CONSTRAINT media_partners_medium_fk FOREIGN KEY (media_id) REFERENCES media (id),
    CONSTRAINT media_partners_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id)
  );
  CREATE INDEX media_partners_partner_idx ON media_partners (partner_id);
`;
