import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Hosts of deep links, landings that take turns, and codes that partners choose (B08). */
export class Links1763000000110 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE brands ADD COLUMN allowed_hosts text[] NOT NULL DEFAULT '{}';

      ALTER TABLE promos
        ADD COLUMN targets jsonb NOT NULL DEFAULT '[]',
        ADD CONSTRAINT promos_targets_list CHECK (jsonb_typeof(targets) = 'array' AND jsonb_array_length(targets) <= 20),
        DROP CONSTRAINT promos_code_base62,
        ADD CONSTRAINT promos_code_form CHECK (code ~ '^[0-9A-Za-z_-]{3,32}$');
    `);
    await runner.query(LINK_CODES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER promos_keep_codes ON promos;
      DROP FUNCTION promos_keep_codes();
      DROP TABLE link_codes;
      UPDATE promos SET code = left(md5(id::text), 10) WHERE code !~ '^[0-9A-Za-z]{10}$';
      ALTER TABLE promos
        DROP COLUMN targets,
        DROP CONSTRAINT promos_code_form,
        ADD CONSTRAINT promos_code_base62 CHECK (code ~ '^[0-9A-Za-z]{10}$');
      ALTER TABLE brands DROP COLUMN allowed_hosts;
    `);
  }
}

const LINK_CODES = `
  -- Every code that a promo has ever had stays its own: links that were published keep working.
  CREATE TABLE link_codes (
    code     text NOT NULL,
    promo_id uuid NOT NULL,
    CONSTRAINT link_codes_pk PRIMARY KEY (code),
    -- A code is claimed before the promo that bears it is there.
    CONSTRAINT link_codes_promo_fk FOREIGN KEY (promo_id) REFERENCES promos (id) DEFERRABLE INITIALLY DEFERRED
  );
  -- No two links differ only in case: whoever types one would land on the other.
  CREATE UNIQUE INDEX link_codes_any_case_unique ON link_codes (lower(code));
  CREATE INDEX link_codes_promo_idx ON link_codes (promo_id);
  INSERT INTO link_codes (code, promo_id) SELECT code, id FROM promos;
  CREATE TRIGGER link_codes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON link_codes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  CREATE FUNCTION promos_keep_codes() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO link_codes (code, promo_id) VALUES (NEW.code, NEW.id) ON CONFLICT DO NOTHING;
    IF NOT EXISTS (SELECT FROM link_codes WHERE code = NEW.code AND promo_id = NEW.id) THEN
      RAISE EXCEPTION 'the code % is another promo''s', NEW.code USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER promos_keep_codes AFTER INSERT OR UPDATE OF code ON promos
    FOR EACH ROW EXECUTE FUNCTION promos_keep_codes();
`;
