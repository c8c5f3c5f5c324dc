import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a creator posted while it was suspended has a fault of its own, which no brand can overlook. */
export class PostsOfTheSuspended1763000000197 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE campaign_posts DROP CONSTRAINT campaign_posts_fault_known;
      ALTER TABLE campaign_posts ADD CONSTRAINT campaign_posts_fault_known CHECK (fault IN (
        'OUTSIDE_PERIOD', 'WRONG_ACCOUNT', 'SUSPENDED', 'MISSING_TAG', 'DUPLICATE', 'NOT_FOUND', 'OVER_BUDGET'));
      -- Those that a brand has approved stay so.
      UPDATE campaign_posts post SET fault = 'SUSPENDED'
        FROM partner_suspensions suspension
       WHERE suspension.partner_id = post.partner_id AND suspension.suspended_at <= post.published_at
         AND (suspension.reactivated_at IS NULL OR suspension.reactivated_at > post.published_at)
         AND post.state IN ('warning', 'ineffective') AND post.fault IN ('OUTSIDE_PERIOD', 'MISSING_TAG');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE campaign_posts SET fault = 'OUTSIDE_PERIOD' WHERE fault = 'SUSPENDED';
      ALTER TABLE campaign_posts DROP CONSTRAINT campaign_posts_fault_known;
      ALTER TABLE campaign_posts ADD CONSTRAINT campaign_posts_fault_known CHECK (
        fault IN ('OUTSIDE_PERIOD', 'WRONG_ACCOUNT', 'MISSING_TAG', 'DUPLICATE', 'NOT_FOUND', 'OVER_BUDGET'));
    `);
  }
}
