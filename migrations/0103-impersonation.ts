import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Operators in the place of a partner's owner, and under which impersonation an audited change was made (rule 9.4). */
export class Impersonation1763000000103 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE impersonations (
        id                  uuid        NOT NULL,
        operator_user_id    uuid        NOT NULL,
        -- The operator's own session: the impersonation does not outlive it.
        operator_session_id uuid        NOT NULL,
        partner_id          uuid        NOT NULL,
        owner_user_id       uuid        NOT NULL,
        reason              text        NOT NULL,
        started_at          timestamptz NOT NULL,
        -- At the latest.
        ends_at             timestamptz NOT NULL,
        ended_at            timestamptz,
        -- By its operator, by the clock, or because somebody took away what it needs.
        ended_by            text,
        CONSTRAINT impersonations_pk PRIMARY KEY (id),
        CONSTRAINT impersonations_operator_fk FOREIGN KEY (operator_user_id) REFERENCES users (id),
        CONSTRAINT impersonations_session_fk FOREIGN KEY (operator_session_id) REFERENCES sessions (id),
        CONSTRAINT impersonations_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT impersonations_owner_fk FOREIGN KEY (owner_user_id) REFERENCES users (id),
        CONSTRAINT impersonations_not_oneself CHECK (operator_user_id <> owner_user_id),
        CONSTRAINT impersonations_limit CHECK (ends_at > started_at AND ends_at <= started_at + interval '30 minutes'),
        CONSTRAINT impersonations_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
        CONSTRAINT impersonations_ended_by_known CHECK (ended_by IN ('exit', 'time', 'revocation'))
      );
      CREATE UNIQUE INDEX impersonations_one_running ON impersonations (operator_user_id) WHERE ended_at IS NULL;
      CREATE INDEX impersonations_partner ON impersonations (partner_id, id);

      ALTER TABLE audit_log ADD COLUMN impersonation_id uuid,
        ADD CONSTRAINT audit_log_impersonation_fk FOREIGN KEY (impersonation_id) REFERENCES impersonations (id),
        ADD CONSTRAINT audit_log_impersonation_whole CHECK (impersonation_id IS NULL OR impersonator_id IS NOT NULL);
      CREATE INDEX audit_log_impersonation ON audit_log (impersonation_id, id) WHERE impersonation_id IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE audit_log DROP COLUMN impersonation_id;
      DROP TABLE impersonations;
    `);
  }
}
