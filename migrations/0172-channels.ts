import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Channels of partners, the program's end users, who follows which channel, and who wants no more mails (O04). */
export class Channels1763000000172 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CHANNELS);
    await runner.query(END_USERS);
    await runner.query(`
      -- Headers of a mail beyond the usual ones, by name.
      ALTER TABLE mailbox ADD COLUMN headers jsonb NOT NULL DEFAULT '{}';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE mailbox DROP COLUMN headers;
      DROP TABLE end_user_opt_outs;
      DROP TABLE channel_followers;
      DROP TABLE end_users;
      DROP TABLE channels;
    `);
  }
}

const CHANNELS = `
  CREATE TABLE channels (
    id          uuid        NOT NULL,
    partner_id  uuid        NOT NULL,
    name        text        NOT NULL,
    handle      text        NOT NULL,
    description text,
    category    text,
    language    text,
    state       text        NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    CONSTRAINT channels_pk PRIMARY KEY (id),
    -- What belongs to a channel belongs to the channel's partner.
    CONSTRAINT channels_partner_key UNIQUE (id, partner_id),
    CONSTRAINT channels_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT channels_handle_key UNIQUE (handle),
    CONSTRAINT channels_handle_form CHECK (handle ~ '^[a-z0-9]([a-z0-9-]{1,30}[a-z0-9])$'),
    CONSTRAINT channels_state_known CHECK (state IN ('active', 'archived'))
  );
  CREATE INDEX channels_partner_idx ON channels (partner_id, id);
`;

const END_USERS = `
  CREATE TABLE end_users (
    id            uuid        NOT NULL,
    -- As it was given, in lower case, and hashed as the mailbox that it leads to; none once the person is forgotten.
    email         text,
    email_key     text,
    mailbox_hash  text,
    -- Of an app of the program, which knows the person by this id. Whoever has none is a channel's follower only.
    external_id   text,
    registered_at timestamptz,
    name          text,
    country       text,
    language      text,
    created_at    timestamptz NOT NULL,
    forgotten_at  timestamptz,
    CONSTRAINT end_users_pk PRIMARY KEY (id),
    CONSTRAINT end_users_email_key UNIQUE (email_key),
    CONSTRAINT end_users_external_id_key UNIQUE (external_id),
    CONSTRAINT end_users_registered_whole CHECK ((external_id IS NULL) = (registered_at IS NULL)),
    CONSTRAINT end_users_forgotten_whole CHECK (
      CASE WHEN forgotten_at IS NULL THEN num_nulls(email, email_key, mailbox_hash) = 0
           ELSE num_nonnulls(email, email_key, mailbox_hash, external_id, name, country, language) = 0 END)
  );
  CREATE INDEX end_users_mailbox_idx ON end_users (mailbox_hash);

  CREATE TABLE channel_followers (
    id          uuid        NOT NULL,
    channel_id  uuid        NOT NULL,
    end_user_id uuid        NOT NULL,
    -- The partner's own id of the person, and what the partner says of it.
    external_id text        NOT NULL,
    name        text,
    country     text,
    language    text,
    followed_at timestamptz NOT NULL,
    CONSTRAINT channel_followers_pk PRIMARY KEY (id),
    CONSTRAINT channel_followers_channel_fk FOREIGN KEY (channel_id) REFERENCES channels (id),
    CONSTRAINT channel_followers_end_user_fk FOREIGN KEY (end_user_id) REFERENCES end_users (id),
    CONSTRAINT channel_followers_external_id_key UNIQUE (channel_id, external_id),
    CONSTRAINT channel_followers_once UNIQUE (channel_id, end_user_id)
  );
  CREATE INDEX channel_followers_end_user_idx ON channel_followers (end_user_id);

  CREATE TABLE end_user_opt_outs (
    -- Not of the person but of its mailbox: it lasts when the person is forgotten, and comes back by no import.
    mailbox_hash text        NOT NULL,
    -- Null for all mails.
    channel_id   uuid,
    opted_out_at timestamptz NOT NULL,
    CONSTRAINT end_user_opt_outs_once UNIQUE NULLS NOT DISTINCT (mailbox_hash, channel_id),
    CONSTRAINT end_user_opt_outs_channel_fk FOREIGN KEY (channel_id) REFERENCES channels (id)
  );
  CREATE INDEX end_user_opt_outs_channel_idx ON end_user_opt_outs (channel_id);
`;
