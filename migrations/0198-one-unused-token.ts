import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of the links that a user is mailed for one purpose only the last one works. */
export class OneUnusedToken1763000000198 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM one_time_tokens t USING one_time_tokens later
       WHERE t.used_at IS NULL AND later.used_at IS NULL AND later.user_id = t.user_id AND later.purpose = t.purpose
         AND (later.expires_at, later.token_hash) > (t.expires_at, t.token_hash);
      CREATE UNIQUE INDEX one_time_tokens_unused_once ON one_time_tokens (user_id, purpose) WHERE used_at IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX one_time_tokens_unused_once');
  }
}
