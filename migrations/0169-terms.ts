import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Terms and policies in versions, and who accepted which (A21, T12). */
export class Terms1763000000169 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE terms_versions (
        id          uuid        NOT NULL,
        kind        text        NOT NULL,
        -- Of terms for the work with one brand.
        brand_id    uuid,
        version     integer     NOT NULL,
        title       text        NOT NULL,
        -- Markdown.
        body        text        NOT NULL,
        -- Whether partners are to accept it.
        must_accept boolean     NOT NULL,
        -- In force from then on, until a later one is; null for a draft.
        publish_at  timestamptz,
        created_at  timestamptz NOT NULL,
        updated_at  timestamptz NOT NULL,
        CONSTRAINT terms_versions_pk PRIMARY KEY (id),
        CONSTRAINT terms_versions_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
        CONSTRAINT terms_versions_kind_known CHECK (kind IN ('terms', 'privacy', 'brand_terms')),
        CONSTRAINT terms_versions_brand_of_brand_terms CHECK ((kind = 'brand_terms') = (brand_id IS NOT NULL)),
        CONSTRAINT terms_versions_numbered UNIQUE NULLS NOT DISTINCT (kind, brand_id, version)
      );

      CREATE TABLE terms_acceptances (
        id          uuid        NOT NULL,
        version_id  uuid        NOT NULL,
        partner_id  uuid        NOT NULL,
        -- Who accepted for the partner, and from where.
        user_id     uuid        NOT NULL,
        address     text,
        accepted_at timestamptz NOT NULL,
        CONSTRAINT terms_acceptances_pk PRIMARY KEY (id),
        CONSTRAINT terms_acceptances_version_fk FOREIGN KEY (version_id) REFERENCES terms_versions (id),
        CONSTRAINT terms_acceptances_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT terms_acceptances_user_fk FOREIGN KEY (user_id) REFERENCES users (id),
        CONSTRAINT terms_acceptances_once UNIQUE (partner_id, version_id)
      );
      CREATE INDEX terms_acceptances_version_idx ON terms_acceptances (version_id, id);

      CREATE FUNCTION terms_keep_accepted() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM terms_acceptances WHERE version_id = OLD.id)
        THEN RAISE EXCEPTION 'A version that somebody accepted stays as it is' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN coalesce(NEW, OLD);
      END $$;
      CREATE TRIGGER terms_versions_kept BEFORE UPDATE OR DELETE ON terms_versions
        FOR EACH ROW EXECUTE FUNCTION terms_keep_accepted();

      CREATE FUNCTION terms_keep_acceptance() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'UPDATE' AND NEW.address IS NULL
          AND (NEW.id, NEW.version_id, NEW.partner_id, NEW.user_id, NEW.accepted_at)
            = (OLD.id, OLD.version_id, OLD.partner_id, OLD.user_id, OLD.accepted_at)
        THEN RETURN NEW;
        END IF;
        RAISE EXCEPTION 'An acceptance is kept as it was; only its address is forgotten'
          USING ERRCODE = 'restrict_violation';
      END $$;
      CREATE TRIGGER terms_acceptances_kept BEFORE UPDATE OR DELETE ON terms_acceptances
        FOR EACH ROW EXECUTE FUNCTION terms_keep_acceptance();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE terms_acceptances;
      DROP TABLE terms_versions;
      DROP FUNCTION terms_keep_acceptance();
      DROP FUNCTION terms_keep_accepted();
    `);
  }
}
