import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whether a postback was sent depends on when a thing was reported, not on when it happened: both are kept. Of what is
 * there already the time stays unknown.
 */
export class ReportTimes1763000000191 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- When the deposit was reported; anew for one that was taken back and came again.
      ALTER TABLE deposits ADD COLUMN reported_at timestamptz;

      -- When the player, who had no deposit, was reported with one; an earlier deposit that comes later does not move it.
      ALTER TABLE players
        ADD COLUMN first_deposit_reported_at timestamptz,
        ADD CONSTRAINT players_first_deposit_reported
          CHECK (first_deposit_reported_at IS NULL OR first_deposit_at IS NOT NULL);

      -- When the interval was reported with the values that it has.
      ALTER TABLE player_activity ADD COLUMN reported_at timestamptz;

      -- The interval that a batch of activity reports: an item that was refused is put right by a report of the same one.
      ALTER TABLE sync_batches
        ADD COLUMN interval_from timestamptz,
        ADD COLUMN interval_to   timestamptz,
        ADD CONSTRAINT sync_batches_interval_whole CHECK ((interval_from IS NULL) = (interval_to IS NULL));

      -- When a bill run decided it for the first time, and told of it.
      ALTER TABLE player_qualifications ADD COLUMN decided_at timestamptz;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE player_qualifications DROP COLUMN decided_at;
      ALTER TABLE sync_batches DROP COLUMN interval_from, DROP COLUMN interval_to;
      ALTER TABLE player_activity DROP COLUMN reported_at;
      ALTER TABLE players DROP COLUMN first_deposit_reported_at;
      ALTER TABLE deposits DROP COLUMN reported_at;
    `);
  }
}
