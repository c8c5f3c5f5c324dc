import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who was shut out for good, because the partner is being erased or is erased: no block of theirs is lifted. */
export class ShutOutUsers1763000000220 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users ADD COLUMN shut_out_at timestamptz;
      UPDATE users SET shut_out_at = e.started_at, blocked_at = coalesce(blocked_at, e.started_at)
        FROM memberships m JOIN partner_erasures e ON e.partner_id = m.partner_id AND e.state IN ('running', 'done')
       WHERE m.user_id = users.id;
      ALTER TABLE users ADD CONSTRAINT users_shut_out_is_blocked CHECK (shut_out_at IS NULL OR blocked_at IS NOT NULL);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users DROP COLUMN shut_out_at');
  }
}
