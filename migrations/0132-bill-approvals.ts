import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The first of two approvals of a bill, and approvals of many bills at once. */
export class BillApprovals1763000000132 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE bills
        ADD COLUMN approved_once_by uuid CONSTRAINT bills_approved_once_by_fk REFERENCES users (id),
        ADD COLUMN approved_once_at timestamptz,
        ADD CONSTRAINT bills_first_approval_whole CHECK ((approved_once_by IS NULL) = (approved_once_at IS NULL))
    `);
    await runner.query(`
      CREATE TABLE bill_approval_runs (
        id uuid CONSTRAINT bill_approval_runs_pk PRIMARY KEY,
        filters jsonb NOT NULL,
        requested_by uuid NOT NULL CONSTRAINT bill_approval_runs_requested_by_fk REFERENCES users (id),
        request_id text NOT NULL,
        created_at timestamptz NOT NULL,
        finished_at timestamptz
      );
      CREATE TABLE bill_approval_items (
        run_id uuid NOT NULL CONSTRAINT bill_approval_items_run_fk REFERENCES bill_approval_runs (id),
        bill_id uuid NOT NULL CONSTRAINT bill_approval_items_bill_fk REFERENCES bills (id),
        -- What the operator was shown of the bill; another amount is not approved.
        state text NOT NULL,
        currency text NOT NULL,
        payable_minor bigint NOT NULL,
        coin text,
        coin_minor bigint,
        prospect text NOT NULL,
        -- What became of it; null until its turn has come.
        outcome text CONSTRAINT bill_approval_items_outcome_known CHECK (outcome IN ('paid', 'approved_once', 'refused')),
        code text,
        reason text,
        CONSTRAINT bill_approval_items_pk PRIMARY KEY (run_id, bill_id),
        CONSTRAINT bill_approval_items_refused_for CHECK (
          (outcome IS NOT DISTINCT FROM 'refused') = (code IS NOT NULL) AND (code IS NULL) = (reason IS NULL))
      );
      CREATE INDEX bill_approval_items_waiting_idx ON bill_approval_items (run_id) WHERE outcome IS NULL;
      CREATE INDEX bill_approval_items_bill_idx ON bill_approval_items (bill_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE bill_approval_items;
      DROP TABLE bill_approval_runs;
      ALTER TABLE bills DROP COLUMN approved_once_by, DROP COLUMN approved_once_at;
    `);
  }
}
