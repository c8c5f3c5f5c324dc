import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The program clears away what is left of deliveries that have left the queue. */
export class UpkeepOfTheQueue1763000000219 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      INSERT INTO restricted_tables (name, privileges)
      VALUES ('postback_queue', '{SELECT,INSERT,UPDATE,DELETE,MAINTAIN}')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM restricted_tables WHERE name = 'postback_queue'`);
  }
}
