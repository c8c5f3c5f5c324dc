import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Idempotency keys, marks of consumed events, and the development mailbox. */
export class Platform1763000000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_keys (
        scope       text        NOT NULL,
        key         text        NOT NULL,
        fingerprint text        NOT NULL,
        response    json,
        created_at  timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT idempotency_keys_pk PRIMARY KEY (scope, key)
      );
      CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);

      CREATE TABLE consumed_events (
        consumer    text        NOT NULL,
        event_id    uuid        NOT NULL,
        consumed_at timestamptz NOT NULL,
        CONSTRAINT consumed_events_pk PRIMARY KEY (consumer, event_id)
      );
      CREATE INDEX consumed_events_consumed_at ON consumed_events (consumed_at);

      CREATE TABLE mailbox (
        id        uuid        NOT NULL,
        recipient text        NOT NULL,
        subject   text        NOT NULL,
        text_body text        NOT NULL,
        html_body text,
        sent_at   timestamptz NOT NULL,
        CONSTRAINT mailbox_pk PRIMARY KEY (id)
      );
      CREATE INDEX mailbox_recipient ON mailbox (recipient, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE mailbox; DROP TABLE consumed_events; DROP TABLE idempotency_keys;');
  }
}
