import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reports that people save, reports that are made in the background, and files that go with mails. */
export class SavedReports1763000000152 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE report_favourites (
        id              uuid        NOT NULL,
        user_id         uuid        NOT NULL,
        -- Null for a report over the whole program.
        partner_id      uuid,
        name            text        NOT NULL,
        -- The name of a period, or fixed days, both included.
        relative_period text,
        first_day       date,
        last_day        date,
        -- Of the report's query, without its period and page.
        parameters      jsonb       NOT NULL,
        created_at      timestamptz NOT NULL,
        updated_at      timestamptz NOT NULL,
        CONSTRAINT report_favourites_pk PRIMARY KEY (id),
        CONSTRAINT report_favourites_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT report_favourites_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT report_favourites_one_period CHECK (
          num_nonnulls(first_day, last_day) = CASE WHEN relative_period IS NULL THEN 2 ELSE 0 END),
        CONSTRAINT report_favourites_days_in_order CHECK (first_day <= last_day)
      );
      CREATE UNIQUE INDEX report_favourites_name ON report_favourites (user_id, lower(name));
      CREATE INDEX report_favourites_partner_idx ON report_favourites (partner_id);

      CREATE TABLE report_requests (
        id              uuid        NOT NULL,
        -- Null for a report over the whole program.
        partner_id      uuid,
        requested_by    uuid        NOT NULL,
        impersonator_id uuid,
        name            text        NOT NULL,
        -- The report's whole query.
        parameters      jsonb       NOT NULL,
        -- The one that the mail links to; both are made.
        format          text        NOT NULL,
        state           text        NOT NULL,
        -- Tries to make it; each writes files of its own, named by its number.
        attempts        integer     NOT NULL DEFAULT 0,
        failure         text,
        requested_at    timestamptz NOT NULL,
        finished_at     timestamptz,
        -- The files are deleted then.
        expires_at      timestamptz,
        has_files       boolean     NOT NULL DEFAULT false,
        CONSTRAINT report_requests_pk PRIMARY KEY (id),
        CONSTRAINT report_requests_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT report_requests_requested_by_fk FOREIGN KEY (requested_by) REFERENCES users (id),
        CONSTRAINT report_requests_impersonator_fk FOREIGN KEY (impersonator_id) REFERENCES users (id),
        CONSTRAINT report_requests_format_known CHECK (format IN ('csv', 'xlsx')),
        CONSTRAINT report_requests_state_known CHECK (state IN ('processing', 'failed', 'successful')),
        CONSTRAINT report_requests_finish_has_time CHECK ((state = 'processing') = (finished_at IS NULL)),
        CONSTRAINT report_requests_failure_has_reason CHECK ((state = 'failed') = (failure IS NOT NULL)),
        CONSTRAINT report_requests_success_expires CHECK ((state = 'successful') = (expires_at IS NOT NULL)),
        CONSTRAINT report_requests_files_of_success CHECK (NOT has_files OR state = 'successful')
      );
      CREATE INDEX report_requests_partner_idx ON report_requests (partner_id, id);
      CREATE INDEX report_requests_processing_idx ON report_requests (partner_id) WHERE state = 'processing';
      CREATE INDEX report_requests_expiry_idx ON report_requests (expires_at) WHERE has_files;

      -- Names and media types of the files that went with a mail of the development mailbox.
      ALTER TABLE mailbox ADD COLUMN attachments jsonb NOT NULL DEFAULT '[]';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE mailbox DROP COLUMN attachments;
      DROP TABLE report_requests;
      DROP TABLE report_favourites;
    `);
  }
}
