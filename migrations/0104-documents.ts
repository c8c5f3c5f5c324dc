import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Partners' documents, and the files that no row refers to (A25). */
export class Documents1763000000104 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LOOSE_FILES);
    await runner.query(DOCUMENTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE documents, loose_files;');
  }
}

const LOOSE_FILES = `
  -- Keys in the store of files that no row refers to: contents on their way in, and those given up.
  CREATE TABLE loose_files (
    key        text        NOT NULL,
    -- The file is deleted from then on.
    due_at     timestamptz NOT NULL,
    -- Whether its deletion has begun, so that no row may refer to it any more.
    given_up   boolean     NOT NULL DEFAULT false,
    CONSTRAINT loose_files_pk PRIMARY KEY (key)
  );
  CREATE INDEX loose_files_due ON loose_files (due_at);
`;

const DOCUMENTS = `
  CREATE TABLE documents (
    id             uuid        NOT NULL,
    partner_id     uuid        NOT NULL,
    type           text        NOT NULL,
    label          text        NOT NULL,
    file_name      text        NOT NULL,
    media_type     text        NOT NULL,
    size_bytes     bigint      NOT NULL,
    state          text        NOT NULL DEFAULT 'pending',
    decline_reason text,
    uploaded_by    uuid        NOT NULL,
    uploaded_at    timestamptz NOT NULL,
    decided_by     uuid,
    decided_at     timestamptz,
    CONSTRAINT documents_pk PRIMARY KEY (id),
    CONSTRAINT documents_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT documents_uploaded_by_fk FOREIGN KEY (uploaded_by) REFERENCES users (id),
    CONSTRAINT documents_decided_by_fk FOREIGN KEY (decided_by) REFERENCES users (id),
    CONSTRAINT documents_type_known CHECK (
      type IN ('identity', 'address', 'company', 'tax', 'bank', 'contract', 'other')),
    CONSTRAINT documents_media_type_known CHECK (media_type IN ('application/pdf', 'image/png', 'image/jpeg')),
    CONSTRAINT documents_size_sane CHECK (size_bytes BETWEEN 1 AND 10485760),
    CONSTRAINT documents_state_known CHECK (state IN ('pending', 'approved', 'declined')),
    CONSTRAINT documents_decision_whole CHECK (
      (state = 'pending') = (decided_at IS NULL) AND (state = 'pending') = (decided_by IS NULL)),
    CONSTRAINT documents_decline_has_reason CHECK ((state = 'declined') = (decline_reason IS NOT NULL))
  );
  CREATE INDEX documents_partner_idx ON documents (partner_id, id);
  CREATE INDEX documents_state_idx ON documents (state, id);
`;
