import type { MigrationInterface, QueryRunner } from 'typeorm';

/** While a public campaign is paused its budget is not shared out; this says that it is to be afterwards. */
export class SharesThatWait1763000000215 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE public_campaigns ADD COLUMN shares_wait boolean NOT NULL DEFAULT false;
      CREATE INDEX public_campaigns_shares_wait_idx ON public_campaigns (id) WHERE shares_wait;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE public_campaigns DROP COLUMN shares_wait');
  }
}
