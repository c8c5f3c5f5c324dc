import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Tokens of ads no longer refer to their campaigns by foreign keys: without indexes of their own, which nothing else
 * needs, each deletion of a draft looked through all tokens of two days. The keys guarded nothing: a token is signed and
 * is only given out for a launched campaign, only drafts are deleted, and no campaign becomes a draft again. Whatever
 * keeps a token also counts it in ad_campaign_days, which refers to the campaign still, with its primary key as the index.
 */
export class AdTokensAlone1763000000179 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE ad_renders DROP CONSTRAINT ad_renders_campaign_fk;
      ALTER TABLE ad_clicks DROP CONSTRAINT ad_clicks_campaign_fk;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE ad_renders ADD CONSTRAINT ad_renders_campaign_fk
        FOREIGN KEY (campaign_id) REFERENCES ad_campaigns (id);
      ALTER TABLE ad_clicks ADD CONSTRAINT ad_clicks_campaign_fk
        FOREIGN KEY (campaign_id) REFERENCES ad_campaigns (id);
    `);
  }
}
