import type { MigrationInterface, QueryRunner } from 'typeorm';

const KINDS = ['partner', 'campaign', 'archived_campaign', 'link', 'balance'];

/**
 * Connections of sub-affiliates come along with another program. Its partners get their ids when they are imported, in
 * any order, so that an inviter may be the younger one by id: circles are looked for instead.
 */
export class ImportedSubAffiliates1763000000186 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${kinds([...KINDS, 'sub_affiliate'])}
      ALTER TABLE sub_affiliates DROP CONSTRAINT sub_affiliates_inviter_older;

      CREATE FUNCTION sub_affiliates_no_circle() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM FROM (
          WITH RECURSIVE above AS (
            SELECT NEW.inviter_id AS id
            UNION
            -- One look by the key for each, however little is known of the table.
            SELECT (SELECT s.inviter_id FROM sub_affiliates s WHERE s.partner_id = above.id)
              FROM above WHERE above.id IS NOT NULL)
          SELECT id FROM above) AS inviter WHERE id = NEW.partner_id;
        IF FOUND THEN
          RAISE EXCEPTION 'nobody is above those who brought them' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER sub_affiliates_no_circle BEFORE INSERT ON sub_affiliates
        FOR EACH ROW EXECUTE FUNCTION sub_affiliates_no_circle();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER sub_affiliates_no_circle ON sub_affiliates;
      DROP FUNCTION sub_affiliates_no_circle();
      ALTER TABLE sub_affiliates ADD CONSTRAINT sub_affiliates_inviter_older CHECK (inviter_id < partner_id);
      DELETE FROM imported_objects WHERE kind = 'sub_affiliate';
      ${kinds(KINDS)}
    `);
  }
}

function kinds(known: readonly string[]): string {
  return `
    ALTER TABLE imported_objects
      DROP CONSTRAINT imported_objects_kind_known,
      ADD CONSTRAINT imported_objects_kind_known CHECK (kind IN (${known.map((kind) => `'${kind}'`).join(', ')}));`;
}
