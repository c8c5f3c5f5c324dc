import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Batches in which cash-outs are paid, by a file or by a provider (rule 4.6). */
export class PayoutBatches1763000000144 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(BATCHES);
    await runner.query(LINES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE payout_lines; DROP TABLE payout_batches;');
  }
}

const BATCHES = `
  CREATE TABLE payout_batches (
    id uuid NOT NULL CONSTRAINT payout_batches_pk PRIMARY KEY,
    type_code text NOT NULL CONSTRAINT payout_batches_type_fk REFERENCES payment_method_types (code),
    currency text NOT NULL,
    state text NOT NULL CONSTRAINT payout_batches_state_known
      CHECK (state IN ('draft', 'approved', 'sending', 'unknown', 'sent', 'settled', 'cancelled')),
    -- When banks are to pay; moved to the day of the export where it has passed by then.
    execution_date date NOT NULL,
    created_by uuid NOT NULL CONSTRAINT payout_batches_created_by_fk REFERENCES users (id),
    created_at timestamptz NOT NULL,
    approved_by uuid CONSTRAINT payout_batches_approved_by_fk REFERENCES users (id),
    approved_at timestamptz,
    -- Who exported the batch or handed it over, last.
    sent_by uuid CONSTRAINT payout_batches_sent_by_fk REFERENCES users (id),
    sent_at timestamptz,
    ended_at timestamptz,
    file_format text CONSTRAINT payout_batches_format_known CHECK (file_format IN ('pain.001', 'paypal_csv')),
    -- Of the file's bytes, hex.
    file_sha256 text,
    -- The file, sealed; gone when one of the partners in it was erased.
    sealed_file text,
    -- How the provider names the batch; null until it has confirmed it.
    provider_batch_id text,
    -- When the batch was handed to the provider the first time.
    first_attempt_at timestamptz,
    -- Attempts to hand it over of which it is not certain that they came to nothing.
    open_attempts integer NOT NULL DEFAULT 0,
    -- When the provider is asked the next time; null when there is nothing to ask. While it is asked, when somebody
    -- else may, should the asker have died.
    ask_at timestamptz,
    asked integer NOT NULL DEFAULT 0,
    -- What operators should know: why the provider refused, or what it says that does not fit.
    problem text,
    CONSTRAINT payout_batches_four_eyes CHECK (approved_by <> created_by),
    CONSTRAINT payout_batches_approval_whole CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CONSTRAINT payout_batches_approved_before_sent
      CHECK (approved_by IS NOT NULL OR state IN ('draft', 'cancelled')),
    CONSTRAINT payout_batches_sending_whole CHECK ((sent_by IS NULL) = (sent_at IS NULL)),
    CONSTRAINT payout_batches_end_has_time CHECK ((state IN ('settled', 'cancelled')) = (ended_at IS NOT NULL)),
    CONSTRAINT payout_batches_file_whole
      CHECK ((file_format IS NULL) = (file_sha256 IS NULL) AND (sealed_file IS NULL OR file_format IS NOT NULL)),
    CONSTRAINT payout_batches_one_way CHECK (file_format IS NULL OR first_attempt_at IS NULL OR open_attempts = 0),
    CONSTRAINT payout_batches_attempts CHECK (open_attempts >= 0)
  );
  CREATE INDEX payout_batches_state_idx ON payout_batches (state, id);
  CREATE INDEX payout_batches_ask_idx ON payout_batches (ask_at) WHERE ask_at IS NOT NULL;
`;

const LINES = `
  CREATE TABLE payout_lines (
    id uuid NOT NULL CONSTRAINT payout_lines_pk PRIMARY KEY,
    batch_id uuid NOT NULL CONSTRAINT payout_lines_batch_fk REFERENCES payout_batches (id),
    cashout_id uuid NOT NULL CONSTRAINT payout_lines_cashout_fk REFERENCES cashouts (id),
    state text NOT NULL CONSTRAINT payout_lines_state_known
      CHECK (state IN ('pending', 'sent', 'unknown', 'succeeded', 'failed', 'cancelled')),
    -- The block of payments in the bank's file that the line stands in.
    block text,
    -- What the bank, the provider or an operator said of it last.
    reason text,
    changed_at timestamptz NOT NULL
  );
  CREATE INDEX payout_lines_batch_idx ON payout_lines (batch_id, id);
  -- A cash-out is in one batch at most, unless that one was cancelled.
  CREATE UNIQUE INDEX payout_lines_cashout_once ON payout_lines (cashout_id) WHERE state <> 'cancelled';
`;
