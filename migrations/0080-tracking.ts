import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sums of a player's activity, minor units; counts end in `_count`. */
const MEASURES = [
  'deposits_sum',
  'deposits_count',
  'cashouts_sum',
  'cashouts_count',
  'bets_sum',
  'wins_sum',
  'casino_bets_count',
  'bonus_issues_sum',
  'chargebacks_sum',
  'chargebacks_count',
  'additional_deductions_sum',
  'taxes_sum',
  'payment_system_fees_sum',
  'game_provider_fees_sum',
  'jackpot_fees_sum',
  'sb_bets_sum',
  'sb_settled_bets_sum',
  'sb_wins_sum',
  'sb_bonuses_sum',
  'sb_balance_corrections_sum',
  'sb_third_party_fees_sum',
  'sb_cancelled_bets_sum',
  'poker_rounds_count',
  'poker_bets_sum',
  'poker_rake_sum',
  'poker_bonuses_sum',
  'poker_balance_corrections_sum',
  'poker_third_party_fees_sum',
];

/**
 * Visits, players, their activity and deposits, and the changes that billing has yet to see.
 * Visits and activity carry no foreign keys: they are written by the thousand, and what they point at is never deleted.
 */
export class Tracking1763000000080 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(VISITS);
    await runner.query(PLAYERS);
    await runner.query(ACTIVITY);
    await runner.query(SYNC);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE sync_batches, fact_changes, activity_corrections, deposit_listings, deposits, player_activity,
        players, visits;
      DROP FUNCTION activity_corrections_immutable();
    `);
  }
}

const VISITS = `
  -- Ids are UUIDv7, so ranges of ids are UTC days. The default partition takes what comes before its day was made.
  CREATE TABLE visits (
    id          uuid        NOT NULL,
    partner_id  uuid        NOT NULL,
    brand_id    uuid        NOT NULL,
    campaign_id uuid        NOT NULL,
    promo_id    uuid        NOT NULL,
    visited_at  timestamptz NOT NULL,
    ip          inet,
    user_agent  text,
    referer     text,
    query       jsonb       NOT NULL,
    country     text,
    CONSTRAINT visits_pk PRIMARY KEY (id, partner_id)
  ) PARTITION BY RANGE (id);
  CREATE INDEX visits_partner_idx ON visits (partner_id, id);
  CREATE TABLE visits_default PARTITION OF visits DEFAULT;
`;

const PLAYERS = `
  CREATE TABLE players (
    id                     uuid        NOT NULL,
    brand_id               uuid        NOT NULL,
    external_id            text        NOT NULL,
    visit_id               uuid        NOT NULL,
    promo_id               uuid        NOT NULL,
    campaign_id            uuid        NOT NULL,
    partner_id             uuid        NOT NULL,
    country                text,
    email_hash             text,
    profile                jsonb       NOT NULL,
    signed_up_at           timestamptz NOT NULL,
    duplicate              boolean     NOT NULL DEFAULT false,
    self_excluded          boolean     NOT NULL DEFAULT false,
    disabled               boolean     NOT NULL DEFAULT false,
    query                  jsonb       NOT NULL,
    first_deposit_at       timestamptz,
    first_deposit_minor    bigint,
    first_deposit_currency text,
    created_at             timestamptz NOT NULL,
    CONSTRAINT players_pk PRIMARY KEY (id),
    CONSTRAINT players_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
    CONSTRAINT players_promo_fk FOREIGN KEY (promo_id) REFERENCES promos (id),
    CONSTRAINT players_campaign_fk FOREIGN KEY (campaign_id) REFERENCES campaigns (id),
    CONSTRAINT players_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT players_external_id_unique UNIQUE (brand_id, external_id),
    CONSTRAINT players_external_id_short CHECK (length(external_id) BETWEEN 1 AND 200),
    CONSTRAINT players_country_code CHECK (country ~ '^[A-Z]{2}$'),
    CONSTRAINT players_first_deposit_whole CHECK (
      (first_deposit_at IS NULL) = (first_deposit_minor IS NULL)
      AND (first_deposit_at IS NULL) = (first_deposit_currency IS NULL))
  );
  CREATE INDEX players_partner_signed_up_idx ON players (partner_id, signed_up_at);
  CREATE INDEX players_partner_first_deposit_idx ON players (partner_id, first_deposit_at)
    WHERE first_deposit_at IS NOT NULL;

  CREATE TABLE deposits (
    brand_id      uuid        NOT NULL,
    external_id   text        NOT NULL,
    player_id     uuid        NOT NULL,
    partner_id    uuid        NOT NULL,
    campaign_id   uuid        NOT NULL,
    promo_id      uuid        NOT NULL,
    amount_minor  bigint      NOT NULL,
    currency      text        NOT NULL,
    processed_at  timestamptz NOT NULL,
    -- The activity interval where it counts: the earliest of those that list it.
    interval_from timestamptz NOT NULL,
    interval_to   timestamptz NOT NULL,
    -- Whether that interval's sum and count came from the brand rather than from its list.
    sum_given     boolean     NOT NULL DEFAULT false,
    count_given   boolean     NOT NULL DEFAULT false,
    is_first      boolean     NOT NULL DEFAULT false,
    CONSTRAINT deposits_pk PRIMARY KEY (brand_id, external_id),
    CONSTRAINT deposits_player_fk FOREIGN KEY (player_id) REFERENCES players (id),
    CONSTRAINT deposits_amount_not_negative CHECK (amount_minor >= 0)
  );
  CREATE INDEX deposits_player_idx ON deposits (player_id, processed_at);
  CREATE INDEX deposits_partner_idx ON deposits (partner_id, processed_at);
  CREATE UNIQUE INDEX deposits_one_first_per_player ON deposits (player_id) WHERE is_first;

  -- The other intervals that list a deposit: it counts in the next of them when the one where it counts drops it.
  CREATE TABLE deposit_listings (
    brand_id      uuid        NOT NULL,
    external_id   text        NOT NULL,
    player_id     uuid        NOT NULL,
    amount_minor  bigint      NOT NULL,
    processed_at  timestamptz NOT NULL,
    interval_from timestamptz NOT NULL,
    interval_to   timestamptz NOT NULL,
    sum_given     boolean     NOT NULL,
    count_given   boolean     NOT NULL,
    CONSTRAINT deposit_listings_pk PRIMARY KEY (brand_id, external_id, interval_from, interval_to),
    CONSTRAINT deposit_listings_deposit_fk FOREIGN KEY (brand_id, external_id)
      REFERENCES deposits (brand_id, external_id)
  );
  CREATE INDEX deposit_listings_player_idx ON deposit_listings (player_id, interval_from);
`;

const ACTIVITY = `
  CREATE TABLE player_activity (
    player_id     uuid        NOT NULL,
    interval_from timestamptz NOT NULL,
    interval_to   timestamptz NOT NULL,
    currency      text        NOT NULL,
    partner_id    uuid        NOT NULL,
    brand_id      uuid        NOT NULL,
    campaign_id   uuid        NOT NULL,
    promo_id      uuid        NOT NULL,
    ${MEASURES.map((name) => `${name} bigint NOT NULL DEFAULT 0`).join(',\n    ')},
    revision      int         NOT NULL DEFAULT 1,
    CONSTRAINT player_activity_pk PRIMARY KEY (player_id, interval_from, interval_to, currency),
    CONSTRAINT player_activity_interval_forward CHECK (interval_to > interval_from)
  ) PARTITION BY RANGE (interval_from);
  CREATE INDEX player_activity_partner_idx ON player_activity (partner_id, interval_from);
  CREATE TABLE player_activity_default PARTITION OF player_activity DEFAULT;

  CREATE TABLE activity_corrections (
    id            bigint      GENERATED ALWAYS AS IDENTITY,
    batch_id      uuid        NOT NULL,
    player_id     uuid        NOT NULL,
    -- What was corrected: the sums of an interval, or one deposit.
    subject       text        NOT NULL,
    interval_from timestamptz NOT NULL,
    interval_to   timestamptz NOT NULL,
    currency      text        NOT NULL,
    deposit_id    text,
    before        jsonb       NOT NULL,
    after         jsonb,
    corrected_at  timestamptz NOT NULL,
    CONSTRAINT activity_corrections_pk PRIMARY KEY (id),
    CONSTRAINT activity_corrections_player_fk FOREIGN KEY (player_id) REFERENCES players (id),
    CONSTRAINT activity_corrections_subject_known CHECK (subject IN ('interval', 'deposit')),
    CONSTRAINT activity_corrections_deposit_named CHECK ((subject = 'deposit') = (deposit_id IS NOT NULL))
  );
  CREATE INDEX activity_corrections_player_idx ON activity_corrections (player_id, interval_from);
  CREATE FUNCTION activity_corrections_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'a correction is never changed' USING ERRCODE = 'restrict_violation';
  END $$;
  CREATE TRIGGER activity_corrections_immutable BEFORE UPDATE OR DELETE ON activity_corrections
    FOR EACH ROW EXECUTE FUNCTION activity_corrections_immutable();
`;

const SYNC = `
  -- Facts that came or changed since billing last looked: one row per campaign and quarter of an hour of a batch.
  CREATE TABLE fact_changes (
    id          bigint      GENERATED ALWAYS AS IDENTITY,
    campaign_id uuid        NOT NULL,
    partner_id  uuid        NOT NULL,
    occurred_at timestamptz NOT NULL,
    CONSTRAINT fact_changes_pk PRIMARY KEY (id),
    CONSTRAINT fact_changes_campaign_fk FOREIGN KEY (campaign_id) REFERENCES campaigns (id)
  );
  CREATE INDEX fact_changes_campaign_idx ON fact_changes (campaign_id, occurred_at);

  CREATE TABLE sync_batches (
    id          uuid        NOT NULL,
    brand_id    uuid        NOT NULL,
    kind        text        NOT NULL,
    received_at timestamptz NOT NULL,
    accepted    int         NOT NULL,
    duplicate   int         NOT NULL,
    corrected   int         NOT NULL,
    rejected    int         NOT NULL,
    -- The refused items: index, code, message.
    refusals    jsonb       NOT NULL,
    CONSTRAINT sync_batches_pk PRIMARY KEY (id),
    CONSTRAINT sync_batches_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
    CONSTRAINT sync_batches_kind_known CHECK (kind IN ('players', 'activity'))
  );
  CREATE INDEX sync_batches_brand_idx ON sync_batches (brand_id, id);
`;
