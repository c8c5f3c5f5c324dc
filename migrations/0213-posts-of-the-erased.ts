import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was not paid to a creator who is erased has a fault of its own, which no brand can overlook. */
export class PostsOfTheErased1763000000213 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE campaign_posts DROP CONSTRAINT campaign_posts_fault_known;
      ALTER TABLE campaign_posts ADD CONSTRAINT campaign_posts_fault_known CHECK (fault IN (
        'OUTSIDE_PERIOD', 'WRONG_ACCOUNT', 'SUSPENDED', 'ERASED', 'MISSING_TAG', 'DUPLICATE', 'NOT_FOUND',
        'OVER_BUDGET'));
      -- Those too that a brand has approved since: nobody is there to ask for the payment.
      UPDATE campaign_posts SET state = 'ineffective', fault = 'ERASED', reason = 'Erased', accrued_minor = 0
       WHERE url LIKE 'erased %' AND paid_at IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE campaign_posts SET fault = NULL WHERE fault = 'ERASED';
      ALTER TABLE campaign_posts DROP CONSTRAINT campaign_posts_fault_known;
      ALTER TABLE campaign_posts ADD CONSTRAINT campaign_posts_fault_known CHECK (fault IN (
        'OUTSIDE_PERIOD', 'WRONG_ACCOUNT', 'SUSPENDED', 'MISSING_TAG', 'DUPLICATE', 'NOT_FOUND', 'OVER_BUDGET'));
    `);
  }
}
