import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Broadcasts of channels, and whom each one reaches (O04). */
export class Broadcasts1763000000173 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE broadcasts (
        id              uuid        NOT NULL,
        partner_id      uuid        NOT NULL,
        channel_id      uuid        NOT NULL,
        state           text        NOT NULL,
        title           text        NOT NULL,
        engagement_type text        NOT NULL,
        -- Templates.
        subject         text        NOT NULL,
        body            text        NOT NULL,
        question        text,
        options         text[]      NOT NULL,
        link_url        text,
        link_label      text,
        audience        text        NOT NULL,
        -- Only people of these, where any are named.
        countries       text[]      NOT NULL,
        languages       text[]      NOT NULL,
        starts_at       timestamptz,
        -- Of a broadcast beyond followers.
        request_id      uuid,
        end_reason      text,
        created_by      uuid        NOT NULL,
        created_at      timestamptz NOT NULL,
        updated_at      timestamptz NOT NULL,
        submitted_at    timestamptz,
        started_at      timestamptz,
        finished_at     timestamptz,
        -- Recipients: all, and what became of them.
        total           integer     NOT NULL DEFAULT 0,
        sent            integer     NOT NULL DEFAULT 0,
        skipped         integer     NOT NULL DEFAULT 0,
        failed          integer     NOT NULL DEFAULT 0,
        CONSTRAINT broadcasts_pk PRIMARY KEY (id),
        CONSTRAINT broadcasts_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT broadcasts_channel_fk FOREIGN KEY (channel_id, partner_id) REFERENCES channels (id, partner_id),
        CONSTRAINT broadcasts_request_fk FOREIGN KEY (request_id) REFERENCES partner_requests (id),
        CONSTRAINT broadcasts_created_by_fk FOREIGN KEY (created_by) REFERENCES users (id),
        CONSTRAINT broadcasts_state_known CHECK (state IN ('draft', 'pending', 'scheduled', 'sending', 'paused', 'sent',
                                                           'rejected', 'expired', 'cancelled')),
        CONSTRAINT broadcasts_type_known CHECK (engagement_type IN ('message', 'poll', 'quiz', 'offer')),
        CONSTRAINT broadcasts_audience_known CHECK (audience IN ('followers', 'end_users')),
        CONSTRAINT broadcasts_subject_one_line CHECK (subject !~ '[[:cntrl:]]'),
        CONSTRAINT broadcasts_submitted_whole CHECK (
          CASE WHEN state = 'draft' THEN submitted_at IS NULL
               ELSE submitted_at IS NOT NULL AND starts_at IS NOT NULL END),
        CONSTRAINT broadcasts_beyond_followers_asked_for CHECK (
          state = 'draft' OR (audience = 'end_users') = (request_id IS NOT NULL)),
        CONSTRAINT broadcasts_started_whole CHECK (
          CASE WHEN state IN ('sending', 'paused', 'sent') THEN started_at IS NOT NULL
               WHEN state = 'cancelled' THEN true ELSE started_at IS NULL END),
        CONSTRAINT broadcasts_counted CHECK (
          total >= 0 AND sent >= 0 AND skipped >= 0 AND failed >= 0 AND sent + skipped + failed <= total),
        CONSTRAINT broadcasts_sent_to_all CHECK (state <> 'sent' OR sent + skipped + failed = total)
      );
      CREATE INDEX broadcasts_partner_idx ON broadcasts (partner_id, id);
      CREATE INDEX broadcasts_channel_idx ON broadcasts (channel_id);
      CREATE INDEX broadcasts_live_idx ON broadcasts (state, starts_at)
        WHERE state IN ('pending', 'scheduled', 'sending', 'paused');

      CREATE TABLE broadcast_recipients (
        broadcast_id uuid        NOT NULL,
        end_user_id  uuid        NOT NULL,
        state        text        NOT NULL,
        done_at      timestamptz,
        CONSTRAINT broadcast_recipients_pk PRIMARY KEY (broadcast_id, end_user_id),
        CONSTRAINT broadcast_recipients_broadcast_fk FOREIGN KEY (broadcast_id) REFERENCES broadcasts (id),
        CONSTRAINT broadcast_recipients_end_user_fk FOREIGN KEY (end_user_id) REFERENCES end_users (id),
        CONSTRAINT broadcast_recipients_state_known CHECK (state IN ('waiting', 'sent', 'skipped', 'failed')),
        CONSTRAINT broadcast_recipients_done_whole CHECK ((state = 'waiting') = (done_at IS NULL))
      );
      CREATE INDEX broadcast_recipients_waiting_idx ON broadcast_recipients (broadcast_id, end_user_id)
        WHERE state = 'waiting';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE broadcast_recipients; DROP TABLE broadcasts;');
  }
}
