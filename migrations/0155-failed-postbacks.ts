import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What finds failed attempts among millions, and that one resend of an event waits for a postback at most. */
export class FailedPostbacks1763000000155 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX postback_log_failed_idx ON postback_log (partner_id, id)
        WHERE response_code IS NULL OR response_code NOT BETWEEN 200 AND 299;

      UPDATE postback_deliveries later SET state = 'cancelled', finished_at = now()
       WHERE kind = 'resend' AND state = 'pending'
         AND EXISTS (SELECT FROM postback_deliveries first
                      WHERE first.postback_id = later.postback_id AND first.event_id = later.event_id
                        AND first.kind = 'resend' AND first.state = 'pending' AND first.id < later.id);
      CREATE UNIQUE INDEX postback_deliveries_one_resend_waits ON postback_deliveries (postback_id, event_id)
        WHERE kind = 'resend' AND state = 'pending';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX postback_deliveries_one_resend_waits, postback_log_failed_idx');
  }
}
