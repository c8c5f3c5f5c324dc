import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Postbacks, their deliveries and the log of attempts (rules §5). */
export class Postbacks1763000000095 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(POSTBACKS);
    await runner.query(DELIVERIES);
    await runner.query(LOG);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE postback_log, postback_hosts, postback_deliveries, postbacks;');
  }
}

const POSTBACKS = `
  CREATE TABLE postbacks (
    id              uuid        NOT NULL,
    partner_id      uuid        NOT NULL,
    scope           text        NOT NULL,
    -- A promo's postback knows its campaign too.
    campaign_id     uuid,
    promo_id        uuid,
    action          text        NOT NULL,
    url             text        NOT NULL,
    method          text        NOT NULL,
    headers         jsonb       NOT NULL,
    body            text,
    state           text        NOT NULL,
    disabled_reason text,
    disabled_at     timestamptz,
    -- Failures in a row, since when, and when their half was mailed.
    failures        integer     NOT NULL DEFAULT 0,
    failing_since   timestamptz,
    warned_at       timestamptz,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CONSTRAINT postbacks_pk PRIMARY KEY (id),
    CONSTRAINT postbacks_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT postbacks_campaign_fk FOREIGN KEY (campaign_id) REFERENCES campaigns (id),
    CONSTRAINT postbacks_promo_fk FOREIGN KEY (promo_id) REFERENCES promos (id),
    CONSTRAINT postbacks_scope_whole CHECK (
      (scope = 'account' AND campaign_id IS NULL AND promo_id IS NULL)
      OR (scope = 'campaign' AND campaign_id IS NOT NULL AND promo_id IS NULL)
      OR (scope = 'promo' AND campaign_id IS NOT NULL AND promo_id IS NOT NULL)),
    CONSTRAINT postbacks_action_known CHECK (action IN ('registration', 'first_deposit', 'deposit', 'qualification')),
    CONSTRAINT postbacks_method_known CHECK (method IN ('GET', 'POST')),
    CONSTRAINT postbacks_body_needs_post CHECK (body IS NULL OR method = 'POST'),
    CONSTRAINT postbacks_state_known CHECK (state IN ('active', 'disabled')),
    CONSTRAINT postbacks_disabled_whole CHECK (
      (state = 'disabled') = (disabled_at IS NOT NULL) AND (state = 'disabled') = (disabled_reason IS NOT NULL)),
    CONSTRAINT postbacks_disabled_reason_known CHECK (disabled_reason IN ('partner', 'gone', 'failing')),
    CONSTRAINT postbacks_failures_counted CHECK (failures >= 0 AND (failures > 0) = (failing_since IS NOT NULL))
  );
  CREATE INDEX postbacks_partner_idx ON postbacks (partner_id, id);
  CREATE INDEX postbacks_campaign_idx ON postbacks (campaign_id) WHERE campaign_id IS NOT NULL;
  CREATE INDEX postbacks_promo_idx ON postbacks (promo_id) WHERE promo_id IS NOT NULL;
`;

const DELIVERIES = `
  CREATE TABLE postback_deliveries (
    id              uuid        NOT NULL,
    postback_id     uuid        NOT NULL,
    partner_id      uuid        NOT NULL,
    event_id        uuid        NOT NULL,
    kind            text        NOT NULL,
    action          text        NOT NULL,
    campaign_id     uuid,
    promo_id        uuid,
    visit_id        uuid,
    player_id       uuid,
    -- host:port that the URL leads to.
    host            text        NOT NULL,
    method          text        NOT NULL,
    url             text        NOT NULL,
    body            text,
    state           text        NOT NULL DEFAULT 'pending',
    attempts        integer     NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    created_at      timestamptz NOT NULL,
    finished_at     timestamptz,
    CONSTRAINT postback_deliveries_pk PRIMARY KEY (id),
    CONSTRAINT postback_deliveries_postback_fk FOREIGN KEY (postback_id) REFERENCES postbacks (id) ON DELETE CASCADE,
    CONSTRAINT postback_deliveries_kind_known CHECK (kind IN ('event', 'resend', 'test')),
    CONSTRAINT postback_deliveries_state_known CHECK (state IN ('pending', 'delivered', 'failed', 'cancelled')),
    CONSTRAINT postback_deliveries_finish_has_time CHECK ((state = 'pending') = (finished_at IS NULL))
  );
  -- Each configured postback fires once per event (rule 5.1).
  CREATE UNIQUE INDEX postback_deliveries_event_once ON postback_deliveries (postback_id, event_id)
    WHERE kind = 'event';
  CREATE INDEX postback_deliveries_due ON postback_deliveries (host, next_attempt_at, id) WHERE state = 'pending';
  CREATE INDEX postback_deliveries_postback_pending ON postback_deliveries (postback_id) WHERE state = 'pending';
  CREATE INDEX postback_deliveries_finished ON postback_deliveries (finished_at) WHERE finished_at IS NOT NULL;

  -- One row per host with something to deliver. A worker leases whole hosts: so no more than one worker calls a host
  -- at a time, and finding work costs as much as there are hosts that are due, however much waits for one of them.
  CREATE TABLE postback_hosts (
    host         text        NOT NULL,
    due_at       timestamptz NOT NULL,
    lease_holder uuid,
    lease_until  timestamptz,
    CONSTRAINT postback_hosts_pk PRIMARY KEY (host),
    CONSTRAINT postback_hosts_lease_whole CHECK ((lease_holder IS NULL) = (lease_until IS NULL))
  );
  CREATE INDEX postback_hosts_due ON postback_hosts (due_at);
`;

const LOG = `
  -- Partitioned by day: the id is a UUIDv7 of the time of sending. Rows outlive their postback (rule 5.5).
  CREATE TABLE postback_log (
    id            uuid        NOT NULL,
    partner_id    uuid        NOT NULL,
    postback_id   uuid        NOT NULL,
    delivery_id   uuid        NOT NULL,
    event_id      uuid        NOT NULL,
    kind          text        NOT NULL,
    action        text        NOT NULL,
    attempt       integer     NOT NULL,
    campaign_id   uuid,
    promo_id      uuid,
    method        text        NOT NULL,
    url           text        NOT NULL,
    response_code integer,
    error         text,
    duration_ms   integer     NOT NULL,
    sent_at       timestamptz NOT NULL,
    CONSTRAINT postback_log_pk PRIMARY KEY (id, partner_id),
    CONSTRAINT postback_log_outcome CHECK (response_code IS NOT NULL OR error IS NOT NULL)
  ) PARTITION BY RANGE (id);
  CREATE INDEX postback_log_partner_idx ON postback_log (partner_id, id);
`;
