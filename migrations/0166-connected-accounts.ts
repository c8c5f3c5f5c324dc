import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts at social platforms that creators connect by OAuth, and the ways there and back (T08, E05). */
export class ConnectedAccounts1763000000166 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE connected_accounts (
        id               uuid        NOT NULL,
        partner_id       uuid        NOT NULL,
        platform         text        NOT NULL,
        -- The platform's own name of the account, which stays when the handle changes.
        platform_user_id text        NOT NULL,
        -- In one spelling: NFKC, lower case, without the leading @.
        handle           text        NOT NULL,
        -- Unknown where the creator hides it.
        followers        integer,
        -- Where the platform lists the account's posts, for one that has such a place.
        feed             text,
        state            text        NOT NULL,
        scopes           text[]      NOT NULL,
        -- Access and refresh token, encrypted.
        sealed_tokens    text,
        token_expires_at timestamptz,
        refresh_at       timestamptz,
        refresh_failures integer     NOT NULL DEFAULT 0,
        -- Somebody is refreshing: a refresh token may be good for one use only.
        refreshing_until timestamptz,
        connected_at     timestamptz NOT NULL,
        CONSTRAINT connected_accounts_pk PRIMARY KEY (id),
        CONSTRAINT connected_accounts_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT connected_accounts_partner_unique UNIQUE (partner_id, platform, platform_user_id),
        CONSTRAINT connected_accounts_platform_known CHECK (platform IN ('instagram', 'youtube', 'tiktok')),
        CONSTRAINT connected_accounts_handle_not_empty CHECK (handle <> ''),
        CONSTRAINT connected_accounts_followers_counted CHECK (followers >= 0),
        CONSTRAINT connected_accounts_state_known CHECK (state IN ('connected', 'reconnect_needed', 'disconnected')),
        -- Tokens are kept exactly while they are of use.
        CONSTRAINT connected_accounts_tokens CHECK (
          (state = 'connected') = (sealed_tokens IS NOT NULL)
          AND (state = 'connected') = (token_expires_at IS NOT NULL)
          AND (state = 'connected') = (refresh_at IS NOT NULL))
      );
      -- An account is one partner's at a time.
      CREATE UNIQUE INDEX connected_accounts_once ON connected_accounts (platform, platform_user_id)
        WHERE state <> 'disconnected';
      CREATE INDEX connected_accounts_refresh ON connected_accounts (refresh_at) WHERE state = 'connected';

      -- How often a platform, or one account of it, may still be called.
      CREATE TABLE call_budgets (
        -- Name of the platform, or id of the account.
        scope          text        NOT NULL,
        window_ends_at timestamptz NOT NULL,
        used           integer     NOT NULL,
        -- It asked to be left alone until then, and so many times of late.
        resting_until  timestamptz,
        rests          integer     NOT NULL DEFAULT 0,
        CONSTRAINT call_budgets_pk PRIMARY KEY (scope)
      );

      CREATE TABLE social_authorizations (
        -- SHA-256 of the state that comes back from the platform, and of the secret in the browser that began.
        state_hash    text        NOT NULL,
        browser_hash  text        NOT NULL,
        platform      text        NOT NULL,
        partner_id    uuid        NOT NULL,
        user_id       uuid        NOT NULL,
        code_verifier text        NOT NULL,
        return_to     text,
        expires_at    timestamptz NOT NULL,
        CONSTRAINT social_authorizations_pk PRIMARY KEY (state_hash),
        CONSTRAINT social_authorizations_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT social_authorizations_user_fk FOREIGN KEY (user_id) REFERENCES users (id),
        CONSTRAINT social_authorizations_platform_known CHECK (platform IN ('instagram', 'youtube', 'tiktok'))
      );
      CREATE INDEX social_authorizations_expiry ON social_authorizations (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE social_authorizations, call_budgets, connected_accounts;');
  }
}
