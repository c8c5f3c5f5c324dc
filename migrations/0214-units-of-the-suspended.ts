import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which units of a post were gained while its creator was suspended: they are not paid for. */
export class UnitsOfTheSuspended1763000000214 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE campaign_posts
        -- {metric: units}, as decimal strings; without those that are none.
        ADD COLUMN uncounted jsonb NOT NULL DEFAULT '{}',
        -- {metric: instant} at which each was told last.
        ADD COLUMN told_at   jsonb NOT NULL DEFAULT '{}',
        ADD CONSTRAINT campaign_posts_uncounted_by_metric CHECK (jsonb_typeof(uncounted) = 'object'),
        ADD CONSTRAINT campaign_posts_told_by_metric CHECK (jsonb_typeof(told_at) = 'object');
      ALTER TABLE post_metrics ADD COLUMN uncounted jsonb NOT NULL DEFAULT '{}';
      UPDATE campaign_posts SET told_at = jsonb_strip_nulls(jsonb_build_object(
          'like', CASE WHEN likes IS NOT NULL THEN collected_at END,
          'view', CASE WHEN views IS NOT NULL THEN collected_at END,
          'share', CASE WHEN shares IS NOT NULL THEN collected_at END,
          'comment', CASE WHEN comments IS NOT NULL THEN collected_at END,
          'follower', CASE WHEN followers IS NOT NULL THEN collected_at END))
       WHERE collected_at IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE post_metrics DROP COLUMN uncounted;
      ALTER TABLE campaign_posts DROP COLUMN uncounted, DROP COLUMN told_at;
    `);
  }
}
