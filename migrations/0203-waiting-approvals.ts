import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a bulk approval has yet to decide is read in the order of bills, without sorting all of it for each batch. */
export class WaitingApprovals1763000000203 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(waitingIndex('run_id, bill_id'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(waitingIndex('run_id'));
  }
}

const waitingIndex = (columns: string): string => `
  DROP INDEX bill_approval_items_waiting_idx;
  CREATE INDEX bill_approval_items_waiting_idx ON bill_approval_items (${columns}) WHERE outcome IS NULL;
`;
