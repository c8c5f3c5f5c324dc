import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sign-in by OpenID providers: linked identities, and what is under way between us, a browser and a provider. */
export class OpenIdConnect1763000000102 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IDENTITIES);
    await runner.query(UNDER_WAY);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE oidc_answers, oidc_requests, user_identities;');
  }
}

const IDENTITIES = `
  CREATE TABLE user_identities (
    id           uuid        NOT NULL,
    user_id      uuid        NOT NULL,
    -- Name in the configuration; the identity itself is issuer and subject.
    provider     text        NOT NULL,
    issuer       text        NOT NULL,
    subject      text        NOT NULL,
    -- As the provider gave it when the identity was linked; for people to recognise it by.
    email        text        NOT NULL,
    linked_at    timestamptz NOT NULL,
    last_used_at timestamptz,
    CONSTRAINT user_identities_pk PRIMARY KEY (id),
    CONSTRAINT user_identities_subject_unique UNIQUE (issuer, subject),
    CONSTRAINT user_identities_user_fk FOREIGN KEY (user_id) REFERENCES users (id)
  );
  CREATE INDEX user_identities_user ON user_identities (user_id);
`;

const UNDER_WAY = `
  -- On the way to a provider. The secret is a link's until a browser opens it, then the state at the provider.
  CREATE TABLE oidc_requests (
    secret_hash   text        NOT NULL,
    provider      text        NOT NULL,
    -- Of the cookie that binds the request to the browser that opened it; null until then.
    browser_hash  text,
    nonce         text        NOT NULL,
    code_verifier text        NOT NULL,
    return_to     text        NOT NULL,
    -- S256 of a secret of the frontend that began it.
    challenge     text,
    -- The session that wants to link an identity; null for a sign-in.
    session_id    uuid,
    expires_at    timestamptz NOT NULL,
    CONSTRAINT oidc_requests_pk PRIMARY KEY (secret_hash),
    CONSTRAINT oidc_requests_session_fk FOREIGN KEY (session_id) REFERENCES sessions (id)
  );
  CREATE INDEX oidc_requests_expires_at ON oidc_requests (expires_at);

  -- What a provider said about a person. A code fetches it; a ticket waits for a password or a two-factor code.
  CREATE TABLE oidc_answers (
    secret_hash    text        NOT NULL,
    kind           text        NOT NULL,
    provider       text        NOT NULL,
    issuer         text        NOT NULL,
    subject        text        NOT NULL,
    email          text,
    email_verified boolean     NOT NULL,
    name           text,
    challenge      text,
    session_id     uuid,
    user_id        uuid,
    expires_at     timestamptz NOT NULL,
    CONSTRAINT oidc_answers_pk PRIMARY KEY (secret_hash),
    CONSTRAINT oidc_answers_kind_known CHECK (kind IN ('code', 'sign_in_ticket', 'link_ticket')),
    CONSTRAINT oidc_answers_ticket_of_user CHECK ((kind = 'code') = (user_id IS NULL)),
    CONSTRAINT oidc_answers_session_fk FOREIGN KEY (session_id) REFERENCES sessions (id),
    CONSTRAINT oidc_answers_user_fk FOREIGN KEY (user_id) REFERENCES users (id)
  );
  CREATE INDEX oidc_answers_expires_at ON oidc_answers (expires_at);
`;
