import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests of five kinds that share one life; what was decided stays (rules §9.1, §9.2). */
export class PartnerRequests1763000000170 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE partner_requests
        -- What was asked for, as it was called then.
        ADD COLUMN title text,
        -- The thing of another table that it is about; of a partnership it is the package.
        ADD COLUMN subject_id uuid,
        ALTER COLUMN package_id DROP NOT NULL,
        DROP CONSTRAINT partner_requests_kind_known,
        DROP CONSTRAINT partner_requests_state_known;
      UPDATE partner_requests r SET title = k.name FROM packages k WHERE k.id = r.package_id;
      ALTER TABLE partner_requests
        ALTER COLUMN title SET NOT NULL,
        ADD CONSTRAINT partner_requests_kind_known
          CHECK (kind IN ('partnership', 'add_on', 'broadcast', 'ad_package', 'ad')),
        ADD CONSTRAINT partner_requests_state_known
          CHECK (state IN ('pending', 'approved', 'rejected', 'cancelled', 'expired')),
        ADD CONSTRAINT partner_requests_subject
          CHECK (CASE WHEN kind = 'partnership' THEN package_id IS NOT NULL AND subject_id IS NULL
                      ELSE package_id IS NULL AND subject_id IS NOT NULL END),
        ADD CONSTRAINT partner_requests_decided_by_operators
          CHECK (decided_by IS NULL OR state IN ('approved', 'rejected'));

      -- One partnership at a time, and one request about each other thing.
      DROP INDEX partner_requests_one_pending;
      CREATE UNIQUE INDEX partner_requests_one_pending ON partner_requests (partner_id, kind, subject_id)
        NULLS NOT DISTINCT WHERE state = 'pending';
      CREATE INDEX partner_requests_partner ON partner_requests (partner_id, id);

      CREATE FUNCTION partner_requests_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' THEN
          RAISE EXCEPTION 'requests are not deleted' USING ERRCODE = 'restrict_violation';
        END IF;
        IF (NEW.id, NEW.kind, NEW.partner_id, NEW.package_id, NEW.subject_id, NEW.price_minor, NEW.currency,
            NEW.requested_at)
           IS DISTINCT FROM
           (OLD.id, OLD.kind, OLD.partner_id, OLD.package_id, OLD.subject_id, OLD.price_minor, OLD.currency,
            OLD.requested_at)
        THEN
          RAISE EXCEPTION 'what was asked for, and its price, do not change' USING ERRCODE = 'restrict_violation';
        END IF;
        IF OLD.state <> 'pending'
           AND (NEW.state, NEW.decided_at, NEW.decided_by) IS DISTINCT FROM (OLD.state, OLD.decided_at, OLD.decided_by)
        THEN
          RAISE EXCEPTION 'a request is decided once' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER partner_requests_only_grow BEFORE UPDATE OR DELETE ON partner_requests
        FOR EACH ROW EXECUTE FUNCTION partner_requests_only_grow();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER partner_requests_only_grow ON partner_requests;
      DROP FUNCTION partner_requests_only_grow();
      DELETE FROM partner_requests WHERE kind <> 'partnership';
      UPDATE partner_requests SET state = 'cancelled' WHERE state = 'expired';
      DROP INDEX partner_requests_partner;
      DROP INDEX partner_requests_one_pending;
      CREATE UNIQUE INDEX partner_requests_one_pending ON partner_requests (partner_id, kind) WHERE state = 'pending';
      ALTER TABLE partner_requests
        DROP CONSTRAINT partner_requests_decided_by_operators,
        DROP CONSTRAINT partner_requests_subject,
        DROP CONSTRAINT partner_requests_kind_known,
        DROP CONSTRAINT partner_requests_state_known,
        DROP COLUMN subject_id,
        DROP COLUMN title,
        ALTER COLUMN package_id SET NOT NULL,
        ADD CONSTRAINT partner_requests_kind_known CHECK (kind IN ('partnership')),
        ADD CONSTRAINT partner_requests_state_known CHECK (state IN ('pending', 'approved', 'rejected', 'cancelled'));
    `);
  }
}
