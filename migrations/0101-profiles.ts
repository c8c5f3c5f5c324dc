import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mail preferences, changes of e-mail that wait for their confirmations, partners' company data and social accounts. */
export class Profiles1763000000101 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ACCOUNTS);
    await runner.query(PARTNERS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE partners
        ADD COLUMN social_platform text,
        ADD COLUMN social_handle   text,
        ADD CONSTRAINT partners_social_whole CHECK ((social_platform IS NULL) = (social_handle IS NULL));
      UPDATE partners p SET social_platform = s.platform, social_handle = s.handle
        FROM social_accounts s WHERE s.partner_id = p.id;
      DROP TABLE social_accounts;
      ALTER TABLE partners
        DROP COLUMN legal_name, DROP COLUMN tax_number, DROP COLUMN street, DROP COLUMN postal_code, DROP COLUMN city;
      DROP TABLE email_changes;
      ALTER TABLE users DROP COLUMN mail_opt_outs;
    `);
  }
}

const ACCOUNTS = `
  ALTER TABLE users
    -- Kinds of mail that the user does not want.
    ADD COLUMN mail_opt_outs text[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT users_mail_opt_outs_known CHECK (
      mail_opt_outs <@ ARRAY['news', 'bills', 'cashouts', 'reports', 'postbacks']);

  -- A row lives while the change waits: one per user, gone when it is done, cancelled or expired.
  CREATE TABLE email_changes (
    user_id           uuid        NOT NULL,
    new_email         text        NOT NULL,
    -- The session that asked; it outlives the change, all others end with it.
    session_id        uuid        NOT NULL,
    expires_at        timestamptz NOT NULL,
    new_token_hash    text        NOT NULL,
    old_token_hash    text        NOT NULL,
    cancel_token_hash text        NOT NULL,
    new_confirmed_at  timestamptz,
    old_confirmed_at  timestamptz,
    CONSTRAINT email_changes_pk PRIMARY KEY (user_id),
    CONSTRAINT email_changes_user_fk FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT email_changes_session_fk FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE,
    CONSTRAINT email_changes_new_token_unique UNIQUE (new_token_hash),
    CONSTRAINT email_changes_old_token_unique UNIQUE (old_token_hash),
    CONSTRAINT email_changes_cancel_token_unique UNIQUE (cancel_token_hash)
  );
  CREATE INDEX email_changes_expires_at ON email_changes (expires_at);
`;

const PARTNERS = `
  ALTER TABLE partners
    ADD COLUMN legal_name  text,
    ADD COLUMN tax_number  text,
    ADD COLUMN street      text,
    ADD COLUMN postal_code text,
    ADD COLUMN city        text;

  CREATE TABLE social_accounts (
    id               uuid        NOT NULL,
    partner_id       uuid        NOT NULL,
    platform         text        NOT NULL,
    -- In one spelling: NFKC, lower case, without the leading @.
    handle           text        NOT NULL,
    state            text        NOT NULL DEFAULT 'unverified',
    -- SHA-256 of the code that the partner is to send as a message from the account.
    code_hash        text,
    requested_at     timestamptz,
    decided_at       timestamptz,
    decided_by       uuid,
    rejection_reason text,
    created_at       timestamptz NOT NULL,
    CONSTRAINT social_accounts_pk PRIMARY KEY (id),
    CONSTRAINT social_accounts_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT social_accounts_decided_by_fk FOREIGN KEY (decided_by) REFERENCES users (id),
    CONSTRAINT social_accounts_partner_unique UNIQUE (partner_id, platform, handle),
    CONSTRAINT social_accounts_platform_known CHECK (platform IN ('instagram', 'youtube', 'tiktok')),
    CONSTRAINT social_accounts_handle_not_empty CHECK (handle <> ''),
    CONSTRAINT social_accounts_state_known CHECK (state IN ('unverified', 'pending', 'verified', 'rejected')),
    CONSTRAINT social_accounts_code CHECK ((state = 'pending') = (code_hash IS NOT NULL)),
    CONSTRAINT social_accounts_requested CHECK ((state = 'unverified') = (requested_at IS NULL)),
    CONSTRAINT social_accounts_decided CHECK (
      (state IN ('verified', 'rejected')) = (decided_at IS NOT NULL)
      AND (decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT social_accounts_rejection CHECK ((state = 'rejected') = (rejection_reason IS NOT NULL))
  );
  -- Whoever claims an account may do so; only one can prove it.
  CREATE UNIQUE INDEX social_accounts_verified_once ON social_accounts (platform, handle) WHERE state = 'verified';
  CREATE INDEX social_accounts_state ON social_accounts (state, id);

  INSERT INTO social_accounts (id, partner_id, platform, handle, created_at)
    SELECT p.id, p.id, p.social_platform,
           coalesce(nullif(ltrim(lower(normalize(btrim(p.social_handle), NFKC)), '@ '), ''), lower(p.social_handle)),
           p.created_at
      FROM partners p WHERE p.social_handle IS NOT NULL;

  ALTER TABLE partners
    DROP CONSTRAINT partners_social_whole,
    DROP COLUMN social_platform,
    DROP COLUMN social_handle;
`;
