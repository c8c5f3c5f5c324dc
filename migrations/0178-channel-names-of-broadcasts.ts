import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A broadcast names its channel as it was called when it was submitted: that is what operators approved (O04). */
export class ChannelNamesOfBroadcasts1763000000178 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The channel's name at the submission; null for a draft, which goes by the channel's name of today.
      ALTER TABLE broadcasts ADD COLUMN channel_name text;
      UPDATE broadcasts b SET channel_name = c.name FROM channels c WHERE c.id = b.channel_id AND b.state <> 'draft';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE broadcasts DROP COLUMN channel_name');
  }
}
