import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A bill that ends up paid or cancelled needs no look at its holds. */
export class ApprovalsInBulk1763000000147 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(trigger(`WHEN (NEW.state IN ('pending', 'on_hold'))`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(trigger(''));
  }
}

const trigger = (condition: string): string => `
  DROP TRIGGER bills_change_held_with_reason ON bills;
  CREATE CONSTRAINT TRIGGER bills_change_held_with_reason AFTER UPDATE OF state ON bills
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW ${condition} EXECUTE FUNCTION bill_held_with_reason();
`;
