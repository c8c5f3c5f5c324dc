import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Webhooks of partners and brands; a delivery, and an attempt in the log, belongs to a postback or to a webhook. */
export class Webhooks1763000000150 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ENDPOINTS);
    await runner.query(DELIVERIES);
    await runner.query(LOG);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM postback_log WHERE postback_id IS NULL;
      ALTER TABLE postback_log DROP COLUMN webhook_id, ALTER COLUMN postback_id SET NOT NULL;
      DELETE FROM postback_deliveries WHERE postback_id IS NULL;
      ALTER TABLE postback_deliveries DROP COLUMN webhook_id, ALTER COLUMN postback_id SET NOT NULL;
      DROP TABLE webhook_endpoints;
    `);
  }
}

const ENDPOINTS = `
  CREATE TABLE webhook_endpoints (
    id                     uuid        NOT NULL,
    partner_id             uuid,
    brand_id               uuid,
    url                    text        NOT NULL,
    description            text,
    -- Types of events that it hears of; null for all, those that are yet to come too.
    event_types            text[],
    secret_sealed          text        NOT NULL,
    -- The secret before the last rotation signs too, up to its end.
    previous_secret_sealed text,
    previous_secret_until  timestamptz,
    state                  text        NOT NULL,
    disabled_reason        text,
    disabled_comment       text,
    disabled_at            timestamptz,
    -- Failures in a row, since when, and when their half was mailed.
    failures               integer     NOT NULL DEFAULT 0,
    failing_since          timestamptz,
    warned_at              timestamptz,
    created_at             timestamptz NOT NULL,
    updated_at             timestamptz NOT NULL,
    CONSTRAINT webhook_endpoints_pk PRIMARY KEY (id),
    CONSTRAINT webhook_endpoints_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT webhook_endpoints_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
    CONSTRAINT webhook_endpoints_one_owner CHECK (num_nonnulls(partner_id, brand_id) = 1),
    CONSTRAINT webhook_endpoints_types_chosen CHECK (cardinality(event_types) > 0),
    CONSTRAINT webhook_endpoints_previous_secret_ends CHECK (
      (previous_secret_sealed IS NULL) = (previous_secret_until IS NULL)),
    CONSTRAINT webhook_endpoints_state_known CHECK (state IN ('active', 'disabled')),
    CONSTRAINT webhook_endpoints_disabled_whole CHECK (
      (state = 'disabled') = (disabled_at IS NOT NULL) AND (state = 'disabled') = (disabled_reason IS NOT NULL)),
    CONSTRAINT webhook_endpoints_disabled_reason_known CHECK (
      disabled_reason IN ('owner', 'operator', 'gone', 'failing')),
    CONSTRAINT webhook_endpoints_failures_counted CHECK (
      failures >= 0 AND (failures > 0) = (failing_since IS NOT NULL))
  );
  CREATE INDEX webhook_endpoints_partner_idx ON webhook_endpoints (partner_id, id) WHERE partner_id IS NOT NULL;
  CREATE INDEX webhook_endpoints_brand_idx ON webhook_endpoints (brand_id, id) WHERE brand_id IS NOT NULL;
`;

const DELIVERIES = `
  ALTER TABLE postback_deliveries
    ALTER COLUMN postback_id DROP NOT NULL,
    ADD COLUMN webhook_id uuid,
    ADD CONSTRAINT postback_deliveries_webhook_fk FOREIGN KEY (webhook_id) REFERENCES webhook_endpoints (id)
      ON DELETE CASCADE,
    ADD CONSTRAINT postback_deliveries_one_receiver CHECK (num_nonnulls(postback_id, webhook_id) = 1);
  COMMENT ON COLUMN postback_deliveries.partner_id IS 'Whose it is: a partner''s, or the brand''s whose webhook it goes to';
  -- Each webhook hears of an event once.
  CREATE UNIQUE INDEX postback_deliveries_webhook_event_once ON postback_deliveries (webhook_id, event_id)
    WHERE kind = 'event' AND webhook_id IS NOT NULL;
  CREATE INDEX postback_deliveries_webhook_idx ON postback_deliveries (webhook_id, id) WHERE webhook_id IS NOT NULL;
  CREATE INDEX postback_deliveries_webhook_again ON postback_deliveries (webhook_id, event_id)
    WHERE kind <> 'event' AND webhook_id IS NOT NULL;
  CREATE INDEX postback_deliveries_webhook_pending ON postback_deliveries (webhook_id, next_attempt_at)
    WHERE state = 'pending' AND webhook_id IS NOT NULL;
`;

const LOG = `
  ALTER TABLE postback_log
    ALTER COLUMN postback_id DROP NOT NULL,
    ADD COLUMN webhook_id uuid,
    ADD CONSTRAINT postback_log_one_receiver CHECK (num_nonnulls(postback_id, webhook_id) = 1);
  COMMENT ON COLUMN postback_log.partner_id IS 'Whose it is: a partner''s, or the brand''s whose webhook it went to';
  CREATE INDEX postback_log_webhook_idx ON postback_log (webhook_id, id) WHERE webhook_id IS NOT NULL;
  CREATE INDEX postback_log_webhook_failures ON postback_log (webhook_id, id)
    WHERE webhook_id IS NOT NULL AND (response_code IS NULL OR response_code NOT BETWEEN 200 AND 299);
`;
