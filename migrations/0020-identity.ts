import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Users, memberships, sessions, two-factor authentication, lock-out, tokens, event log and audit log (rules §10). */
export class Identity1763000000020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(USERS);
    await runner.query(SESSIONS);
    await runner.query(LOGS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE audit_log, event_log, statistic_tokens, recovery_codes, one_time_tokens, sign_in_failures,
                 refresh_tokens, sessions, memberships, users;
      DROP FUNCTION refuse_change();
    `);
  }
}

const USERS = `
  CREATE TABLE users (
    id                     uuid        NOT NULL,
    email                  text        NOT NULL,
    password_hash          text        NOT NULL,
    name                   text        NOT NULL,
    phone                  text,
    report_currency        text,
    created_at             timestamptz NOT NULL,
    email_verified_at      timestamptz,
    last_sign_in_at        timestamptz,
    -- Locked by failed sign-ins, until the mailed link unlocks; blocked by an operator, until an operator unblocks.
    locked_at              timestamptz,
    blocked_at             timestamptz,
    -- Sealed; kept apart until its first code confirms it.
    two_factor_pending     text,
    two_factor_secret      text,
    two_factor_enabled_at  timestamptz,
    -- Number of the 30 s step whose code was accepted last: each code is accepted once.
    two_factor_last_step   bigint      NOT NULL DEFAULT 0,
    CONSTRAINT users_pk PRIMARY KEY (id),
    CONSTRAINT users_two_factor_whole CHECK ((two_factor_secret IS NULL) = (two_factor_enabled_at IS NULL))
  );
  CREATE UNIQUE INDEX users_email_unique ON users (lower(email));

  CREATE TABLE memberships (
    id         uuid    NOT NULL,
    user_id    uuid    NOT NULL,
    realm      text    NOT NULL,
    role       text    NOT NULL,
    partner_id uuid,
    brand_id   uuid,
    -- Set by partner management when the partner is approved or suspended.
    active     boolean NOT NULL,
    CONSTRAINT memberships_pk PRIMARY KEY (id),
    CONSTRAINT memberships_user_fk FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT memberships_user_unique UNIQUE (user_id),
    CONSTRAINT memberships_realm_known CHECK (realm IN ('operator', 'partner', 'brand')),
    CONSTRAINT memberships_role_known CHECK (role IN
      ('admin', 'manager', 'finance', 'support', 'owner', 'reviewer', 'analyst')),
    CONSTRAINT memberships_tenant CHECK (
      (realm = 'partner') = (partner_id IS NOT NULL) AND (realm = 'brand') = (brand_id IS NOT NULL))
  );
  CREATE INDEX memberships_partner ON memberships (partner_id) WHERE partner_id IS NOT NULL;

  -- Failures for unknown addresses are kept as well, under an id that no user has, and there is no foreign key:
  -- its check would take longer for known users. Every refusal does the same work; rows live for 15 minutes.
  CREATE TABLE sign_in_failures (
    user_id   uuid        NOT NULL,
    failed_at timestamptz NOT NULL
  );
  CREATE INDEX sign_in_failures_user ON sign_in_failures (user_id, failed_at);
  CREATE INDEX sign_in_failures_failed_at ON sign_in_failures (failed_at);

  CREATE TABLE one_time_tokens (
    token_hash text        NOT NULL,
    user_id    uuid        NOT NULL,
    purpose    text        NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    CONSTRAINT one_time_tokens_pk PRIMARY KEY (token_hash),
    CONSTRAINT one_time_tokens_user_fk FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT one_time_tokens_purpose_known CHECK (purpose IN ('verify_email', 'reset_password', 'unlock'))
  );
  CREATE INDEX one_time_tokens_user ON one_time_tokens (user_id);

  CREATE TABLE recovery_codes (
    user_id   uuid        NOT NULL,
    code_hash text        NOT NULL,
    used_at   timestamptz,
    CONSTRAINT recovery_codes_pk PRIMARY KEY (user_id, code_hash),
    CONSTRAINT recovery_codes_user_fk FOREIGN KEY (user_id) REFERENCES users (id)
  );

  CREATE TABLE statistic_tokens (
    user_id    uuid        NOT NULL,
    token_hash text        NOT NULL,
    sealed     text        NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT statistic_tokens_pk PRIMARY KEY (user_id),
    CONSTRAINT statistic_tokens_hash_unique UNIQUE (token_hash),
    CONSTRAINT statistic_tokens_user_fk FOREIGN KEY (user_id) REFERENCES users (id)
  );
`;

const SESSIONS = `
  CREATE TABLE sessions (
    id            uuid        NOT NULL,
    user_id       uuid        NOT NULL,
    created_at    timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    ended_at      timestamptz,
    -- When a two-factor code was accepted last in this session.
    stepped_up_at timestamptz,
    address       text,
    user_agent    text,
    CONSTRAINT sessions_pk PRIMARY KEY (id),
    CONSTRAINT sessions_user_fk FOREIGN KEY (user_id) REFERENCES users (id)
  );
  CREATE INDEX sessions_user ON sessions (user_id) WHERE ended_at IS NULL;

  CREATE TABLE refresh_tokens (
    token_hash text        NOT NULL,
    session_id uuid        NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    CONSTRAINT refresh_tokens_pk PRIMARY KEY (token_hash),
    CONSTRAINT refresh_tokens_session_fk FOREIGN KEY (session_id) REFERENCES sessions (id)
  );
  CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
  CREATE INDEX refresh_tokens_expires_at ON refresh_tokens (expires_at);
`;

const LOGS = `
  CREATE TABLE event_log (
    id            uuid        NOT NULL,
    partner_id    uuid        NOT NULL,
    type          text        NOT NULL,
    actor_user_id uuid,
    subject_type  text        NOT NULL,
    subject_id    uuid,
    data          jsonb       NOT NULL,
    occurred_at   timestamptz NOT NULL,
    CONSTRAINT event_log_pk PRIMARY KEY (id),
    CONSTRAINT event_log_actor_fk FOREIGN KEY (actor_user_id) REFERENCES users (id)
  );
  CREATE INDEX event_log_partner ON event_log (partner_id, id);

  CREATE TABLE audit_log (
    id              uuid        NOT NULL,
    actor_user_id   uuid        NOT NULL,
    impersonator_id uuid,
    action          text        NOT NULL,
    subject_type    text        NOT NULL,
    subject_id      uuid,
    before          jsonb,
    after           jsonb,
    request_id      text,
    occurred_at     timestamptz NOT NULL,
    CONSTRAINT audit_log_pk PRIMARY KEY (id),
    CONSTRAINT audit_log_actor_fk FOREIGN KEY (actor_user_id) REFERENCES users (id)
  );
  CREATE INDEX audit_log_subject ON audit_log (subject_type, subject_id, id);

  CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END $$;

  CREATE TRIGGER event_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`;
