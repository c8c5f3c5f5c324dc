import type { MigrationInterface, QueryRunner } from 'typeorm';

const FUNCTIONS = ['sub_affiliates_no_circle()', 'sub_affiliates_inviter_active()'];

/**
 * A session keeps its plans, also those made while the tables were small: then reading a whole table is the cheapest way,
 * and stays it while an import adds thousands of connections, each of which looks at its inviters.
 */
export class TreePlans1763000000188 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const name of FUNCTIONS) await runner.query(`ALTER FUNCTION ${name} SET enable_seqscan = off`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of FUNCTIONS) await runner.query(`ALTER FUNCTION ${name} RESET enable_seqscan`);
  }
}
