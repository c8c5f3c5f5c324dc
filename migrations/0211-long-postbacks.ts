import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Postbacks that are too long are no longer sent, and shown by their beginning: one character more than is sent. */
export class LongPostbacks1763000000211 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      WITH taken AS (
        DELETE FROM postback_queue q USING postback_deliveries d
         WHERE d.id = q.delivery_id AND d.postback_id IS NOT NULL
           AND (length(d.url) > 8192 OR octet_length(d.body) > 16384)
        RETURNING q.delivery_id
      )
      UPDATE postback_deliveries d SET given_up = 'failed', given_up_at = now() FROM taken WHERE d.id = taken.delivery_id;

      UPDATE postback_deliveries SET url = left(url, 8193), body = left(body, 16385)
       WHERE postback_id IS NOT NULL AND (octet_length(url) > 8193 OR octet_length(body) > 16385);
      UPDATE postback_log SET url = left(url, 8193) WHERE postback_id IS NOT NULL AND octet_length(url) > 8193;
    `);
  }

  /** What was cut off is not kept. */
  async down(): Promise<void> {}
}
