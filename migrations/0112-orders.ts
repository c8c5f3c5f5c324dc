import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Promo codes in pools, orders, and players and actions that come by them (T03, T07). */
export class Orders1763000000112 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PROMO_CODES);
    await runner.query(PLAYERS);
    await runner.query(ORDERS);
    await runner.query(`
      ALTER TABLE sync_batches DROP CONSTRAINT sync_batches_kind_known,
        ADD CONSTRAINT sync_batches_kind_known CHECK (kind IN ('players', 'activity', 'orders'));
      ALTER TABLE postbacks DROP CONSTRAINT postbacks_action_known,
        ADD CONSTRAINT postbacks_action_known CHECK (action IN ('registration', 'first_deposit', 'deposit',
          'qualification', 'order_created', 'order_approved', 'order_declined'));
    `);
  }

  /** Fails where there is data of these kinds: it would be lost. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE postbacks DROP CONSTRAINT postbacks_action_known,
        ADD CONSTRAINT postbacks_action_known CHECK (action IN ('registration', 'first_deposit', 'deposit', 'qualification'));
      ALTER TABLE sync_batches DROP CONSTRAINT sync_batches_kind_known,
        ADD CONSTRAINT sync_batches_kind_known CHECK (kind IN ('players', 'activity'));
      DROP TABLE orders;
      ALTER TABLE players DROP CONSTRAINT players_one_touch, DROP COLUMN promo_code_id, ALTER visit_id SET NOT NULL;
      DROP TABLE promo_codes, promo_code_pools;
    `);
  }
}

const PROMO_CODES = `
  CREATE TABLE promo_code_pools (
    id         uuid        NOT NULL,
    brand_id   uuid        NOT NULL,
    name       text        NOT NULL,
    terms      text,
    state      text        NOT NULL,
    created_at timestamptz NOT NULL,
    closed_at  timestamptz,
    CONSTRAINT promo_code_pools_pk PRIMARY KEY (id),
    CONSTRAINT promo_code_pools_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
    CONSTRAINT promo_code_pools_state_known CHECK (state IN ('open', 'closed')),
    CONSTRAINT promo_code_pools_closed_whole CHECK ((state = 'closed') = (closed_at IS NOT NULL))
  );
  CREATE INDEX promo_code_pools_brand_idx ON promo_code_pools (brand_id, id);

  CREATE TABLE promo_codes (
    id          uuid        NOT NULL,
    pool_id     uuid        NOT NULL,
    brand_id    uuid        NOT NULL,
    code        text        NOT NULL,
    -- Whose it is, once it is taken: for good.
    partner_id  uuid,
    campaign_id uuid,
    promo_id    uuid,
    taken_at    timestamptz,
    CONSTRAINT promo_codes_pk PRIMARY KEY (id),
    CONSTRAINT promo_codes_pool_fk FOREIGN KEY (pool_id) REFERENCES promo_code_pools (id),
    CONSTRAINT promo_codes_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
    CONSTRAINT promo_codes_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT promo_codes_campaign_fk FOREIGN KEY (campaign_id) REFERENCES campaigns (id),
    CONSTRAINT promo_codes_promo_fk FOREIGN KEY (promo_id) REFERENCES promos (id),
    CONSTRAINT promo_codes_one_per_partner UNIQUE (pool_id, partner_id),
    CONSTRAINT promo_codes_code_plain CHECK (code ~ '^[0-9A-Za-z_-]{3,40}$'),
    CONSTRAINT promo_codes_taken_whole CHECK (num_nulls(partner_id, campaign_id, promo_id, taken_at) IN (0, 4))
  );
  CREATE UNIQUE INDEX promo_codes_code_unique ON promo_codes (brand_id, upper(code));
  CREATE INDEX promo_codes_pool_idx ON promo_codes (pool_id, id);
  CREATE INDEX promo_codes_free_idx ON promo_codes (pool_id, id) WHERE partner_id IS NULL;
  CREATE INDEX promo_codes_partner_idx ON promo_codes (partner_id, id) WHERE partner_id IS NOT NULL;
`;

const PLAYERS = `
  ALTER TABLE players ALTER visit_id DROP NOT NULL,
    ADD COLUMN promo_code_id uuid,
    ADD CONSTRAINT players_promo_code_fk FOREIGN KEY (promo_code_id) REFERENCES promo_codes (id),
    -- By a visit or by a promo code: whichever touched the player first.
    ADD CONSTRAINT players_one_touch CHECK (num_nulls(visit_id, promo_code_id) = 1);
`;

const ORDERS = `
  CREATE TABLE orders (
    id             uuid        NOT NULL,
    brand_id       uuid        NOT NULL,
    external_id    text        NOT NULL,
    partner_id     uuid        NOT NULL,
    campaign_id    uuid        NOT NULL,
    promo_id       uuid        NOT NULL,
    visit_id       uuid,
    promo_code_id  uuid,
    amount_minor   bigint      NOT NULL,
    currency       text        NOT NULL,
    ordered_at     timestamptz NOT NULL,
    country        text,
    query          jsonb       NOT NULL,
    status         text        NOT NULL,
    decided_at     timestamptz,
    decline_reason text,
    created_at     timestamptz NOT NULL,
    CONSTRAINT orders_pk PRIMARY KEY (id),
    CONSTRAINT orders_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
    CONSTRAINT orders_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT orders_campaign_fk FOREIGN KEY (campaign_id) REFERENCES campaigns (id),
    CONSTRAINT orders_promo_fk FOREIGN KEY (promo_id) REFERENCES promos (id),
    CONSTRAINT orders_promo_code_fk FOREIGN KEY (promo_code_id) REFERENCES promo_codes (id),
    CONSTRAINT orders_external_id_unique UNIQUE (brand_id, external_id),
    CONSTRAINT orders_external_id_short CHECK (length(external_id) BETWEEN 1 AND 200),
    CONSTRAINT orders_one_touch CHECK (num_nulls(visit_id, promo_code_id) = 1),
    CONSTRAINT orders_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT orders_country_code CHECK (country ~ '^[A-Z]{2}$'),
    CONSTRAINT orders_status_known CHECK (status IN ('pending', 'approved', 'declined')),
    CONSTRAINT orders_decided_whole CHECK ((status = 'pending') = (decided_at IS NULL)),
    CONSTRAINT orders_reason_of_decline CHECK (decline_reason IS NULL OR status = 'declined')
  );
  CREATE INDEX orders_partner_idx ON orders (partner_id, ordered_at, id);
  CREATE INDEX orders_brand_idx ON orders (brand_id, ordered_at, id);
  CREATE INDEX orders_promo_code_idx ON orders (promo_code_id) WHERE promo_code_id IS NOT NULL;
  CREATE INDEX orders_time_idx ON orders (ordered_at, id);
`;
