import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What holds a partner or a brand is called so. One index of deliveries by their postback serves for all three: that an
 * event goes to a postback once, what was sent again, and what goes when a postback is deleted. The log's primary key
 * is the index that its owner's pages are read by.
 */
export class OwnersOfDeliveries1763000000184 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE postback_deliveries RENAME partner_id TO owner_id;
      ALTER TABLE postback_log RENAME partner_id TO owner_id;
      COMMENT ON COLUMN postback_deliveries.owner_id IS 'A partner, or the brand whose webhook it goes to';
      COMMENT ON COLUMN postback_log.owner_id IS 'A partner, or the brand whose webhook it went to';

      CREATE UNIQUE INDEX postback_deliveries_of_postback
        ON postback_deliveries (postback_id, event_id, (CASE WHEN kind <> 'event' THEN id END)) NULLS NOT DISTINCT
        WHERE postback_id IS NOT NULL;
      DROP INDEX postback_deliveries_event_once, postback_deliveries_resent_idx;

      ALTER TABLE postback_log DROP CONSTRAINT postback_log_pk, ADD CONSTRAINT postback_log_pk PRIMARY KEY (owner_id, id);
      DROP INDEX postback_log_partner_idx;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX postback_log_partner_idx ON postback_log (owner_id, id);
      ALTER TABLE postback_log DROP CONSTRAINT postback_log_pk, ADD CONSTRAINT postback_log_pk PRIMARY KEY (id, owner_id);

      CREATE INDEX postback_deliveries_resent_idx ON postback_deliveries (postback_id, event_id) WHERE kind = 'resend';
      CREATE UNIQUE INDEX postback_deliveries_event_once ON postback_deliveries (postback_id, event_id)
        WHERE kind = 'event';
      DROP INDEX postback_deliveries_of_postback;

      COMMENT ON COLUMN postback_log.owner_id IS NULL;
      COMMENT ON COLUMN postback_deliveries.owner_id IS NULL;
      ALTER TABLE postback_log RENAME owner_id TO partner_id;
      ALTER TABLE postback_deliveries RENAME owner_id TO partner_id;
    `);
  }
}
