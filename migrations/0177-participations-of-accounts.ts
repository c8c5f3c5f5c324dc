import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An account that took part in a campaign stays: the table of accounts came after that of participations. */
export class ParticipationsOfAccounts1763000000177 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE participations ADD CONSTRAINT participations_connected_account_fk
        FOREIGN KEY (connected_account_id) REFERENCES connected_accounts (id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE participations DROP CONSTRAINT participations_connected_account_fk');
  }
}
