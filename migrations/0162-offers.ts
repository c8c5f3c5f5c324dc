import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What brands offer creators, and pools of promo codes that belong to an offer (T03, T04). */
export class Offers1763000000162 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE offers (
        id                        uuid        NOT NULL,
        brand_id                  uuid        NOT NULL,
        title                     text        NOT NULL,
        description               text        NOT NULL,
        state                     text        NOT NULL,
        pricing_model             text        NOT NULL,
        currency                  text        NOT NULL,
        -- Paid once, for a confirmed publication.
        publication_reward_minor  bigint,
        -- Paid for every approved order, by the plan.
        order_reward_minor        bigint,
        -- What is given in the place of money.
        goods                     text,
        requires_moderation       boolean     NOT NULL,
        content_review_required   boolean     NOT NULL,
        content_days              integer     NOT NULL,
        publication_days          integer     NOT NULL,
        auto_confirm              boolean     NOT NULL,
        follower_discount         text,
        follower_discount_percent integer,
        -- Empty: all.
        countries                 text[]      NOT NULL,
        platforms                 text[]      NOT NULL,
        -- How many creators may take part; null: any number.
        capacity                  integer,
        promo_code_pool_id        uuid,
        landing_id                uuid,
        -- Made when the offer opens.
        commission_plan_id        uuid,
        created_at                timestamptz NOT NULL,
        opened_at                 timestamptz,
        closed_at                 timestamptz,
        CONSTRAINT offers_pk PRIMARY KEY (id),
        CONSTRAINT offers_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
        CONSTRAINT offers_pool_fk FOREIGN KEY (promo_code_pool_id) REFERENCES promo_code_pools (id),
        CONSTRAINT offers_landing_fk FOREIGN KEY (landing_id) REFERENCES landings (id),
        CONSTRAINT offers_plan_fk FOREIGN KEY (commission_plan_id) REFERENCES commission_plans (id),
        CONSTRAINT offers_state_known CHECK (state IN ('draft', 'open', 'closed')),
        CONSTRAINT offers_pricing_model_known CHECK (pricing_model IN ('cpa', 'cpp', 'cpp_promo_code', 'barter')),
        CONSTRAINT offers_publication_reward CHECK (
          (pricing_model IN ('cpp', 'cpp_promo_code')) = (publication_reward_minor IS NOT NULL)
          AND publication_reward_minor > 0 IS NOT FALSE),
        CONSTRAINT offers_order_reward CHECK (
          (pricing_model IN ('cpa', 'cpp_promo_code')) = (order_reward_minor IS NOT NULL)
          AND order_reward_minor > 0 IS NOT FALSE),
        CONSTRAINT offers_goods CHECK ((pricing_model = 'barter') = (goods IS NOT NULL)),
        CONSTRAINT offers_codes CHECK (
          num_nulls(promo_code_pool_id, landing_id) = 2 OR pricing_model IN ('cpa', 'cpp_promo_code')),
        CONSTRAINT offers_codes_once_open CHECK (
          state = 'draft' OR (num_nulls(promo_code_pool_id, landing_id, commission_plan_id) = 0)
                           = (pricing_model IN ('cpa', 'cpp_promo_code'))),
        CONSTRAINT offers_days CHECK (content_days BETWEEN 1 AND 365 AND publication_days BETWEEN 1 AND 365),
        CONSTRAINT offers_discount CHECK (follower_discount_percent BETWEEN 1 AND 100),
        CONSTRAINT offers_capacity CHECK (capacity > 0),
        CONSTRAINT offers_opened CHECK (state <> 'open' OR opened_at IS NOT NULL),
        CONSTRAINT offers_closed CHECK ((state = 'closed') = (closed_at IS NOT NULL))
      );
      CREATE INDEX offers_brand_idx ON offers (brand_id, id);
      CREATE INDEX offers_open_idx ON offers (id) WHERE state = 'open';
      CREATE UNIQUE INDEX offers_pool_once ON offers (promo_code_pool_id) WHERE state <> 'draft';

      ALTER TABLE promo_code_pools
        -- Of the offer that gives its codes out; null: partners take them for campaigns of their own.
        ADD COLUMN pricing_model text,
        ADD CONSTRAINT promo_code_pools_pricing_model_known CHECK (pricing_model IN ('cpa', 'cpp_promo_code'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE promo_code_pools DROP COLUMN pricing_model; DROP TABLE offers;');
  }
}
