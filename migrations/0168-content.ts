import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Personal managers, contacts, questions and answers, and news (A21, T11, T12). */
export class Content1763000000168 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE partners
        -- The operator who looks after the partner.
        ADD COLUMN manager_id uuid,
        ADD CONSTRAINT partners_manager_fk FOREIGN KEY (manager_id) REFERENCES users (id);
      CREATE INDEX partners_manager_idx ON partners (manager_id) WHERE manager_id IS NOT NULL;

      CREATE TABLE contacts (
        id         uuid        NOT NULL,
        -- Null for a contact of the whole program.
        brand_id   uuid,
        name       text        NOT NULL,
        role       text,
        email      text,
        phone      text,
        messenger  text,
        position   integer     NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL,
        CONSTRAINT contacts_pk PRIMARY KEY (id),
        CONSTRAINT contacts_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
        CONSTRAINT contacts_reachable CHECK (num_nonnulls(email, phone, messenger) > 0)
      );
      CREATE INDEX contacts_brand_idx ON contacts (brand_id);

      CREATE TABLE faq_entries (
        id         uuid        NOT NULL,
        topic      text        NOT NULL,
        question   text        NOT NULL,
        -- Markdown.
        answer     text        NOT NULL,
        position   integer     NOT NULL DEFAULT 0,
        published  boolean     NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT faq_entries_pk PRIMARY KEY (id),
        CONSTRAINT faq_entries_topic_plain CHECK (topic ~ '^[a-z0-9]+(-[a-z0-9]+)*$')
      );
      CREATE INDEX faq_entries_topic_idx ON faq_entries (topic, position, id);

      CREATE TABLE news (
        id            uuid        NOT NULL,
        state         text        NOT NULL,
        title         text        NOT NULL,
        -- What lists show of it.
        summary       text,
        -- Markdown.
        body          text        NOT NULL,
        -- Of a published one: partners see it from then on.
        publish_at    timestamptz,
        -- Whom it is for; an empty list leaves nobody out.
        partner_kinds text[]      NOT NULL DEFAULT '{}',
        package_ids   uuid[]      NOT NULL DEFAULT '{}',
        brand_ids     uuid[]      NOT NULL DEFAULT '{}',
        countries     text[]      NOT NULL DEFAULT '{}',
        -- BCP 47; null for readers of every language.
        language      text,
        created_at    timestamptz NOT NULL,
        updated_at    timestamptz NOT NULL,
        CONSTRAINT news_pk PRIMARY KEY (id),
        CONSTRAINT news_state_known CHECK (state IN ('draft', 'published', 'archived')),
        CONSTRAINT news_published_has_time CHECK (state <> 'published' OR publish_at IS NOT NULL),
        CONSTRAINT news_partner_kinds_known CHECK (partner_kinds <@ ARRAY['affiliate', 'creator', 'channel'])
      );
      CREATE INDEX news_published_idx ON news (publish_at DESC, id DESC) WHERE state = 'published';

      CREATE TABLE news_images (
        id         uuid        NOT NULL,
        news_id    uuid        NOT NULL,
        media_type text        NOT NULL,
        size_bytes bigint      NOT NULL,
        -- What stands for the image where it cannot be seen.
        alt        text        NOT NULL,
        CONSTRAINT news_images_pk PRIMARY KEY (id),
        CONSTRAINT news_images_news_fk FOREIGN KEY (news_id) REFERENCES news (id),
        CONSTRAINT news_images_type_known
          CHECK (media_type IN ('image/png', 'image/jpeg', 'image/gif', 'image/webp'))
      );
      CREATE INDEX news_images_news_idx ON news_images (news_id, id);

      CREATE TABLE news_reads (
        user_id uuid        NOT NULL,
        news_id uuid        NOT NULL,
        read_at timestamptz NOT NULL,
        CONSTRAINT news_reads_pk PRIMARY KEY (user_id, news_id),
        CONSTRAINT news_reads_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT news_reads_news_fk FOREIGN KEY (news_id) REFERENCES news (id) ON DELETE CASCADE
      );
      CREATE INDEX news_reads_news_idx ON news_reads (news_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE news_reads;
      DROP TABLE news_images;
      DROP TABLE news;
      DROP TABLE faq_entries;
      DROP TABLE contacts;
      ALTER TABLE partners DROP COLUMN manager_id;
    `);
  }
}
