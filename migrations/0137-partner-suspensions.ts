import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When and why partners were suspended; those who are suspended now get theirs from the audit log. */
export class PartnerSuspensions1763000000137 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE partner_suspensions (
        id             uuid        NOT NULL,
        partner_id     uuid        NOT NULL,
        reason         text        NOT NULL,
        suspended_at   timestamptz NOT NULL,
        suspended_by   uuid,
        -- Exclusive; null while it lasts.
        reactivated_at timestamptz,
        reactivated_by uuid,
        CONSTRAINT partner_suspensions_pk PRIMARY KEY (id),
        CONSTRAINT partner_suspensions_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT partner_suspensions_in_order CHECK (reactivated_at >= suspended_at)
      );
      CREATE INDEX partner_suspensions_partner_idx ON partner_suspensions (partner_id, suspended_at);
      CREATE UNIQUE INDEX partner_suspensions_one_at_a_time ON partner_suspensions (partner_id)
        WHERE reactivated_at IS NULL;

      CREATE FUNCTION partner_suspension_keep() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'UPDATE'
          AND (NEW.id, NEW.partner_id, NEW.suspended_at) = (OLD.id, OLD.partner_id, OLD.suspended_at)
          AND NEW.suspended_by IS NOT DISTINCT FROM OLD.suspended_by
          AND (OLD.reactivated_at IS NULL
               OR (NEW.reactivated_at = OLD.reactivated_at AND NEW.reactivated_by IS NOT DISTINCT FROM OLD.reactivated_by))
        THEN RETURN NEW;
        END IF;
        RAISE EXCEPTION 'A suspension is kept as it was; it may only end, once' USING ERRCODE = 'restrict_violation';
      END $$;
      CREATE TRIGGER partner_suspensions_kept BEFORE UPDATE OR DELETE ON partner_suspensions
        FOR EACH ROW EXECUTE FUNCTION partner_suspension_keep();

      INSERT INTO partner_suspensions (id, partner_id, reason, suspended_at, suspended_by)
      SELECT gen_random_uuid(), p.id, 'Suspended before reasons were kept', coalesce(entry.occurred_at, now()),
             entry.actor_user_id
        FROM partners p
        LEFT JOIN LATERAL (
             SELECT a.occurred_at, a.actor_user_id FROM audit_log a
              WHERE a.subject_type = 'partner' AND a.subject_id = p.id AND a.action = 'partner.suspend'
              ORDER BY a.id DESC LIMIT 1) AS entry ON true
       WHERE p.state = 'suspended';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE partner_suspensions; DROP FUNCTION partner_suspension_keep();');
  }
}
