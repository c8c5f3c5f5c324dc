import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People who are invited before they have a password, and who blocked whom (rules §10). */
export class Team1763000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users
        ALTER COLUMN password_hash DROP NOT NULL,
        -- When the invitation was mailed last; null once the person joined by setting a password.
        ADD COLUMN invited_at timestamptz,
        -- Blocked by an owner of the own team, who may unblock too; otherwise an operator blocked.
        ADD COLUMN blocked_by_team boolean NOT NULL DEFAULT false,
        ADD COLUMN blocked_reason text,
        ADD CONSTRAINT users_invited_without_password CHECK (invited_at IS NULL OR password_hash IS NULL),
        ADD CONSTRAINT users_block_whole
          CHECK (blocked_at IS NOT NULL OR (NOT blocked_by_team AND blocked_reason IS NULL));
      ALTER TABLE one_time_tokens
        DROP CONSTRAINT one_time_tokens_purpose_known,
        ADD CONSTRAINT one_time_tokens_purpose_known
          CHECK (purpose IN ('verify_email', 'reset_password', 'unlock', 'invitation'));
    `);
  }

  /** Invitations are withdrawn: before, there was no account without a password. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM one_time_tokens t USING users u
        WHERE u.id = t.user_id AND (t.purpose = 'invitation' OR u.invited_at IS NOT NULL);
      DELETE FROM memberships m USING users u WHERE u.id = m.user_id AND u.invited_at IS NOT NULL;
      DELETE FROM users WHERE invited_at IS NOT NULL;
      ALTER TABLE one_time_tokens
        DROP CONSTRAINT one_time_tokens_purpose_known,
        ADD CONSTRAINT one_time_tokens_purpose_known
          CHECK (purpose IN ('verify_email', 'reset_password', 'unlock'));
      ALTER TABLE users
        DROP COLUMN blocked_reason, DROP COLUMN blocked_by_team, DROP COLUMN invited_at,
        ALTER COLUMN password_hash SET NOT NULL;
    `);
  }
}
