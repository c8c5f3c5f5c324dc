import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tickets by which partners and brands ask the program, with their threads and files (T12). */
export class Tickets1763000000176 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tickets (
        id              uuid        NOT NULL,
        -- By which mails name it; cannot be guessed.
        reference       text        NOT NULL,
        -- Who asked: a partner or a brand, and the person who began.
        partner_id      uuid,
        brand_id        uuid,
        opened_by       uuid        NOT NULL,
        category        text        NOT NULL,
        subject         text        NOT NULL,
        priority        text        NOT NULL DEFAULT 'normal',
        state           text        NOT NULL,
        -- The operator who looks after it.
        assignee_id     uuid,
        created_at      timestamptz NOT NULL,
        last_message_at timestamptz NOT NULL,
        closed_at       timestamptz,
        CONSTRAINT tickets_pk PRIMARY KEY (id),
        CONSTRAINT tickets_reference_unique UNIQUE (reference),
        CONSTRAINT tickets_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT tickets_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
        CONSTRAINT tickets_opened_by_fk FOREIGN KEY (opened_by) REFERENCES users (id),
        CONSTRAINT tickets_assignee_fk FOREIGN KEY (assignee_id) REFERENCES users (id),
        CONSTRAINT tickets_one_asker CHECK (num_nonnulls(partner_id, brand_id) = 1),
        CONSTRAINT tickets_priority_known CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
        CONSTRAINT tickets_state_known
          CHECK (state IN ('open', 'waiting_for_operator', 'waiting_for_partner', 'closed')),
        CONSTRAINT tickets_closed_has_time CHECK ((state = 'closed') = (closed_at IS NOT NULL))
      );
      CREATE INDEX tickets_partner_idx ON tickets (partner_id, last_message_at, id);
      CREATE INDEX tickets_brand_idx ON tickets (brand_id, last_message_at, id);
      CREATE INDEX tickets_last_message_idx ON tickets (last_message_at, id);
      CREATE INDEX tickets_waiting_idx ON tickets (last_message_at, id)
        WHERE state IN ('open', 'waiting_for_operator');

      CREATE TABLE ticket_messages (
        id          uuid        NOT NULL,
        ticket_id   uuid        NOT NULL,
        author_id   uuid        NOT NULL,
        by_operator boolean     NOT NULL,
        -- A note among operators: whoever asked never sees it.
        internal    boolean     NOT NULL,
        body        text        NOT NULL,
        -- The Message-ID of the mail that it came by.
        mail_id     text,
        created_at  timestamptz NOT NULL,
        CONSTRAINT ticket_messages_pk PRIMARY KEY (id),
        CONSTRAINT ticket_messages_ticket_fk FOREIGN KEY (ticket_id) REFERENCES tickets (id),
        CONSTRAINT ticket_messages_author_fk FOREIGN KEY (author_id) REFERENCES users (id),
        CONSTRAINT ticket_messages_internal_by_operator CHECK (by_operator OR NOT internal),
        CONSTRAINT ticket_messages_mail_once UNIQUE (ticket_id, mail_id)
      );
      CREATE INDEX ticket_messages_ticket_idx ON ticket_messages (ticket_id, id);

      CREATE TABLE ticket_attachments (
        id          uuid        NOT NULL,
        uploaded_by uuid        NOT NULL,
        -- Null until a message takes it.
        message_id  uuid,
        file_name   text        NOT NULL,
        media_type  text        NOT NULL,
        size_bytes  bigint      NOT NULL,
        CONSTRAINT ticket_attachments_pk PRIMARY KEY (id),
        CONSTRAINT ticket_attachments_uploaded_by_fk FOREIGN KEY (uploaded_by) REFERENCES users (id),
        CONSTRAINT ticket_attachments_message_fk FOREIGN KEY (message_id) REFERENCES ticket_messages (id)
      );
      CREATE INDEX ticket_attachments_message_idx ON ticket_attachments (message_id, id);
      CREATE INDEX ticket_attachments_loose_idx ON ticket_attachments (uploaded_by, id)
        WHERE message_id IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE ticket_attachments;
      DROP TABLE ticket_messages;
      DROP TABLE tickets;
    `);
  }
}
