import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A bill that is cancelled takes back the debt that it left. Where another bill has taken that off already, the partner
 * has it to its credit.
 */
export class CarriedCredits1763000000195 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE billing_positions DROP CONSTRAINT billing_positions_carry_is_debt');
  }

  async down(runner: QueryRunner): Promise<void> {
    // Credits that are there stay.
    await runner.query(`
      ALTER TABLE billing_positions
        ADD CONSTRAINT billing_positions_carry_is_debt CHECK (carry_minor <= 0) NOT VALID;
    `);
  }
}
