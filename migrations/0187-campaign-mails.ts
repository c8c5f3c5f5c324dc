import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mails about public campaigns may be unsubscribed from, too (A22). */
export class CampaignMails1763000000187 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      subscriptions("'news', 'bills', 'cashouts', 'reports', 'postbacks', 'publications', 'campaigns'"),
    );
  }

  /** Fails where somebody unsubscribed from mails about campaigns: that would be lost. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(subscriptions("'news', 'bills', 'cashouts', 'reports', 'postbacks', 'publications'"));
  }
}

/** Which kinds of mail one may unsubscribe from. */
function subscriptions(kinds: string): string {
  return `
    ALTER TABLE users DROP CONSTRAINT users_mail_opt_outs_known,
      ADD CONSTRAINT users_mail_opt_outs_known CHECK (mail_opt_outs <@ ARRAY[${kinds}]);`;
}
