import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Copies of a partner's data, the erasure of partners, and the part of the logs that goes with them (B12). */
export class PersonalData1763000000105 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PARTNER_STATES);
    await runner.query(EXPORTS);
    await runner.query(ERASURES);
    await runner.query(LOG_PERSONAL_DATA);
    await runner.query(MOVE_FROM_EVENTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(MOVE_BACK);
    await runner.query(`
      DROP TABLE log_personal_data, partner_erasures, data_exports;
      DROP FUNCTION log_personal_data_goes_by_erasure();
      UPDATE partners SET state = 'rejected' WHERE state = 'erased';
      ALTER TABLE partners DROP CONSTRAINT partners_state_known;
      ALTER TABLE partners ADD CONSTRAINT partners_state_known
        CHECK (state IN ('pending', 'active', 'suspended', 'rejected'));
    `);
  }
}

const PARTNER_STATES = `
  ALTER TABLE partners DROP CONSTRAINT partners_state_known;
  ALTER TABLE partners ADD CONSTRAINT partners_state_known
    CHECK (state IN ('pending', 'active', 'suspended', 'rejected', 'erased'));
`;

const EXPORTS = `
  CREATE TABLE data_exports (
    id           uuid        NOT NULL,
    partner_id   uuid        NOT NULL,
    requested_by uuid        NOT NULL,
    state        text        NOT NULL,
    -- Tries to make it; each writes a file of its own, named by its number.
    attempts     integer     NOT NULL DEFAULT 0,
    -- Sealed key of the file, which is encrypted; gone with it.
    sealed_key   text,
    size_bytes   bigint,
    requested_at timestamptz NOT NULL,
    finished_at  timestamptz,
    -- The file is deleted then.
    expires_at   timestamptz,
    CONSTRAINT data_exports_pk PRIMARY KEY (id),
    CONSTRAINT data_exports_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT data_exports_requested_by_fk FOREIGN KEY (requested_by) REFERENCES users (id),
    CONSTRAINT data_exports_state_known CHECK (state IN ('pending', 'ready', 'failed', 'expired')),
    CONSTRAINT data_exports_finish_has_time CHECK ((state = 'pending') = (finished_at IS NULL)),
    CONSTRAINT data_exports_ready_has_file CHECK ((state = 'ready') = (sealed_key IS NOT NULL)),
    CONSTRAINT data_exports_file_whole CHECK (
      sealed_key IS NULL OR (size_bytes IS NOT NULL AND expires_at IS NOT NULL))
  );
  CREATE UNIQUE INDEX data_exports_one_pending ON data_exports (partner_id) WHERE state = 'pending';
  CREATE INDEX data_exports_partner_idx ON data_exports (partner_id, id);
  CREATE INDEX data_exports_expiry_idx ON data_exports (expires_at) WHERE state = 'ready';
`;

const ERASURES = `
  CREATE TABLE partner_erasures (
    id           uuid        NOT NULL,
    partner_id   uuid        NOT NULL,
    requested_by uuid        NOT NULL,
    state        text        NOT NULL,
    -- Whether the partner gives up what it has not been paid yet.
    accepts_loss boolean     NOT NULL,
    requested_at timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    -- Set when something stood in the way at the time it was due.
    postponed_at timestamptz,
    cancelled_at timestamptz,
    started_at   timestamptz,
    finished_at  timestamptz,
    -- Rooms that have erased their part: after a crash the others go on.
    rooms_done   text[]      NOT NULL DEFAULT '{}',
    CONSTRAINT partner_erasures_pk PRIMARY KEY (id),
    CONSTRAINT partner_erasures_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT partner_erasures_requested_by_fk FOREIGN KEY (requested_by) REFERENCES users (id),
    CONSTRAINT partner_erasures_state_known CHECK (state IN ('pending', 'cancelled', 'running', 'done')),
    CONSTRAINT partner_erasures_cancel_has_time CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL)),
    CONSTRAINT partner_erasures_start_has_time CHECK ((state IN ('running', 'done')) = (started_at IS NOT NULL)),
    CONSTRAINT partner_erasures_finish_has_time CHECK ((state = 'done') = (finished_at IS NOT NULL))
  );
  CREATE UNIQUE INDEX partner_erasures_one_open ON partner_erasures (partner_id) WHERE state <> 'cancelled';
  CREATE INDEX partner_erasures_partner_idx ON partner_erasures (partner_id, id);
  CREATE INDEX partner_erasures_open_idx ON partner_erasures (due_at) WHERE state IN ('pending', 'running');
`;

const LOG_PERSONAL_DATA = `
  -- What is personal in an entry of event_log or audit_log, which only grow: this goes with the person.
  CREATE TABLE log_personal_data (
    log_id     uuid  NOT NULL,
    partner_id uuid  NOT NULL,
    data       jsonb NOT NULL,
    CONSTRAINT log_personal_data_pk PRIMARY KEY (log_id)
  );
  CREATE INDEX log_personal_data_partner ON log_personal_data (partner_id);

  CREATE FUNCTION log_personal_data_goes_by_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NOT EXISTS (SELECT FROM partner_erasures WHERE partner_id = OLD.partner_id AND state = 'running') THEN
      RAISE EXCEPTION 'log_personal_data goes only with the erasure of its partner'
        USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
  END $$;
  CREATE TRIGGER log_personal_data_append_only BEFORE UPDATE OR TRUNCATE ON log_personal_data
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER log_personal_data_goes_by_erasure BEFORE DELETE ON log_personal_data
    FOR EACH ROW EXECUTE FUNCTION log_personal_data_goes_by_erasure();
`;

/** Fields of events written before; the log's guard steps aside for this once. */
const MOVE_FROM_EVENTS = `
  ALTER TABLE event_log DISABLE TRIGGER event_log_append_only;
  WITH found AS (
    SELECT id, partner_id, jsonb_object_agg(field.key, field.value) AS data
      FROM event_log, jsonb_each(event_log.data) AS field
     WHERE field.key IN ('email', 'paymentMethod') AND field.value <> 'null'
     GROUP BY id, partner_id
  ), kept AS (
    INSERT INTO log_personal_data (log_id, partner_id, data) SELECT id, partner_id, data FROM found RETURNING log_id
  )
  UPDATE event_log SET data = data - ARRAY['email', 'paymentMethod'] FROM kept WHERE id = kept.log_id;
  ALTER TABLE event_log ENABLE TRIGGER event_log_append_only;
`;

const MOVE_BACK = `
  ALTER TABLE event_log DISABLE TRIGGER event_log_append_only;
  ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only;
  UPDATE event_log e SET data = e.data || p.data FROM log_personal_data p WHERE p.log_id = e.id;
  UPDATE audit_log a SET before = a.before || coalesce(p.data -> 'before', '{}'),
                         after = a.after || coalesce(p.data -> 'after', '{}')
    FROM log_personal_data p WHERE p.log_id = a.id;
  ALTER TABLE event_log ENABLE TRIGGER event_log_append_only;
  ALTER TABLE audit_log ENABLE TRIGGER audit_log_append_only;
`;
