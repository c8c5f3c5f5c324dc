import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Advertising packages, impressions with every movement, ads with their files, and ad campaigns (rules §9.2, §9.3). */
export class Ads1763000000174 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PACKAGES);
    await runner.query(ADS);
    await runner.query(CAMPAIGNS);
    await runner.query(IMPRESSIONS);
    await runner.query(SHOWN);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE ad_campaign_days, ad_clicks, ad_renders, impression_movements, impression_accounts, ad_campaign_ads,
                 ad_campaigns, ads, ad_files, impression_orders, ad_packages;
    `);
  }
}

const PACKAGES = `
  CREATE TABLE ad_packages (
    id          uuid        NOT NULL,
    name        text        NOT NULL,
    impressions bigint      NOT NULL,
    price_minor bigint      NOT NULL,
    currency    text        NOT NULL,
    -- Whether partners may ask for it.
    active      boolean     NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL,
    CONSTRAINT ad_packages_pk PRIMARY KEY (id),
    CONSTRAINT ad_packages_name_unique UNIQUE (name),
    CONSTRAINT ad_packages_impressions_some CHECK (impressions > 0),
    CONSTRAINT ad_packages_price_not_negative CHECK (price_minor >= 0)
  );

  -- What a partner asked for, as the package was then; the request is about the order.
  CREATE TABLE impression_orders (
    id            uuid        NOT NULL,
    partner_id    uuid        NOT NULL,
    ad_package_id uuid        NOT NULL,
    package_name  text        NOT NULL,
    impressions   bigint      NOT NULL,
    ordered_at    timestamptz NOT NULL,
    CONSTRAINT impression_orders_pk PRIMARY KEY (id),
    CONSTRAINT impression_orders_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT impression_orders_package_fk FOREIGN KEY (ad_package_id) REFERENCES ad_packages (id),
    CONSTRAINT impression_orders_some CHECK (impressions > 0)
  );
  CREATE INDEX impression_orders_partner ON impression_orders (partner_id, id);
`;

const ADS = `
  CREATE TABLE ad_files (
    id         uuid        NOT NULL,
    partner_id uuid        NOT NULL,
    file_name  text        NOT NULL,
    media_type text        NOT NULL,
    size_bytes bigint      NOT NULL,
    -- Pixels of an image.
    width      integer,
    height     integer,
    created_at timestamptz NOT NULL,
    CONSTRAINT ad_files_pk PRIMARY KEY (id),
    CONSTRAINT ad_files_of_partner UNIQUE (partner_id, id),
    CONSTRAINT ad_files_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT ad_files_images_have_a_size CHECK (
      (media_type LIKE 'image/%') = (width IS NOT NULL) AND (width IS NULL) = (height IS NULL))
  );

  CREATE TABLE ads (
    id          uuid        NOT NULL,
    partner_id  uuid        NOT NULL,
    name        text        NOT NULL,
    format      text        NOT NULL,
    click_url   text        NOT NULL,
    -- Texts and numbers of its format, and its files.
    fields      jsonb       NOT NULL,
    image_id    uuid,
    icon_id     uuid,
    video_id    uuid,
    state       text        NOT NULL,
    -- Grows with every change that viewers could see: what was given out before it is worth nothing after it.
    revision    integer     NOT NULL DEFAULT 1,
    -- Why it was rejected or taken down.
    reason      text,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    CONSTRAINT ads_pk PRIMARY KEY (id),
    CONSTRAINT ads_of_partner UNIQUE (partner_id, id),
    CONSTRAINT ads_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT ads_image_fk FOREIGN KEY (partner_id, image_id) REFERENCES ad_files (partner_id, id),
    CONSTRAINT ads_icon_fk FOREIGN KEY (partner_id, icon_id) REFERENCES ad_files (partner_id, id),
    CONSTRAINT ads_video_fk FOREIGN KEY (partner_id, video_id) REFERENCES ad_files (partner_id, id),
    CONSTRAINT ads_format_known CHECK (format IN ('banner', 'interstitial', 'video', 'native')),
    CONSTRAINT ads_state_known CHECK (state IN ('draft', 'pending', 'approved', 'rejected', 'archived')),
    CONSTRAINT ads_reason_of_rejected CHECK ((state = 'rejected') = (reason IS NOT NULL))
  );
  CREATE INDEX ads_state ON ads (state, id);
  CREATE INDEX ads_image ON ads (image_id) WHERE image_id IS NOT NULL;
  CREATE INDEX ads_icon ON ads (icon_id) WHERE icon_id IS NOT NULL;
  CREATE INDEX ads_video ON ads (video_id) WHERE video_id IS NOT NULL;
`;

const CAMPAIGNS = `
  CREATE TABLE ad_campaigns (
    id               uuid        NOT NULL,
    partner_id       uuid        NOT NULL,
    name             text        NOT NULL,
    state            text        NOT NULL,
    -- Who paused it: the partner, or itself when no impression was left.
    paused_by        text,
    -- Its cap; what it holds of the partner's reserved ones; and how many were shown.
    impressions      bigint      NOT NULL,
    left_impressions bigint      NOT NULL DEFAULT 0,
    served           bigint      NOT NULL DEFAULT 0,
    starts_at        timestamptz,
    ends_at          timestamptz,
    -- Whom it is shown to; empty for everybody.
    countries        text[]      NOT NULL,
    languages        text[]      NOT NULL,
    platforms        text[]      NOT NULL,
    placements       text[]      NOT NULL,
    created_at       timestamptz NOT NULL,
    launched_at      timestamptz,
    ended_at         timestamptz,
    CONSTRAINT ad_campaigns_pk PRIMARY KEY (id),
    CONSTRAINT ad_campaigns_of_partner UNIQUE (partner_id, id),
    CONSTRAINT ad_campaigns_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT ad_campaigns_state_known CHECK (state IN ('draft', 'running', 'paused', 'ended')),
    CONSTRAINT ad_campaigns_paused_by CHECK (
      (state = 'paused') = (paused_by IS NOT NULL) AND paused_by IN ('partner', 'no_impressions_left')),
    CONSTRAINT ad_campaigns_some CHECK (impressions > 0),
    -- Every impression of a launched campaign is left or was shown; before and after, none is held.
    CONSTRAINT ad_campaigns_add_up CHECK (
      left_impressions >= 0 AND served BETWEEN 0 AND impressions
      AND CASE WHEN state IN ('running', 'paused') THEN left_impressions + served = impressions
               ELSE left_impressions = 0 END),
    CONSTRAINT ad_campaigns_running_hold_some CHECK (state <> 'running' OR left_impressions > 0),
    CONSTRAINT ad_campaigns_launched CHECK ((state = 'draft') = (launched_at IS NULL)),
    CONSTRAINT ad_campaigns_ended CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CONSTRAINT ad_campaigns_time_forward CHECK (starts_at < ends_at)
  );
  CREATE INDEX ad_campaigns_running ON ad_campaigns (id) WHERE state = 'running';
  CREATE INDEX ad_campaigns_to_end ON ad_campaigns (ends_at) WHERE state IN ('running', 'paused');

  CREATE TABLE ad_campaign_ads (
    campaign_id uuid NOT NULL,
    ad_id       uuid NOT NULL,
    partner_id  uuid NOT NULL,
    CONSTRAINT ad_campaign_ads_pk PRIMARY KEY (campaign_id, ad_id),
    CONSTRAINT ad_campaign_ads_campaign_fk FOREIGN KEY (partner_id, campaign_id)
      REFERENCES ad_campaigns (partner_id, id) ON DELETE CASCADE,
    CONSTRAINT ad_campaign_ads_ad_fk FOREIGN KEY (partner_id, ad_id) REFERENCES ads (partner_id, id)
  );
  CREATE INDEX ad_campaign_ads_ad ON ad_campaign_ads (ad_id);
`;

const IMPRESSIONS = `
  CREATE TABLE impression_accounts (
    partner_id uuid   NOT NULL,
    credited   bigint NOT NULL DEFAULT 0,
    available  bigint NOT NULL DEFAULT 0,
    reserved   bigint NOT NULL DEFAULT 0,
    served     bigint NOT NULL DEFAULT 0,
    CONSTRAINT impression_accounts_pk PRIMARY KEY (partner_id),
    CONSTRAINT impression_accounts_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT impression_accounts_not_negative CHECK (
      credited >= 0 AND available >= 0 AND reserved >= 0 AND served >= 0),
    CONSTRAINT impression_accounts_add_up CHECK (credited = available + reserved + served)
  );

  -- Each number of an account is the sum of its movements.
  CREATE TABLE impression_movements (
    id          uuid        NOT NULL,
    partner_id  uuid        NOT NULL,
    kind        text        NOT NULL,
    amount      bigint      NOT NULL,
    order_id    uuid,
    campaign_id uuid,
    occurred_at timestamptz NOT NULL,
    CONSTRAINT impression_movements_pk PRIMARY KEY (id),
    CONSTRAINT impression_movements_account_fk FOREIGN KEY (partner_id) REFERENCES impression_accounts (partner_id),
    CONSTRAINT impression_movements_order_fk FOREIGN KEY (order_id) REFERENCES impression_orders (id),
    CONSTRAINT impression_movements_campaign_fk FOREIGN KEY (campaign_id) REFERENCES ad_campaigns (id),
    -- An order is credited once.
    CONSTRAINT impression_movements_order_once UNIQUE (order_id),
    CONSTRAINT impression_movements_kind_known CHECK (kind IN ('credit', 'reserve', 'serve', 'release')),
    CONSTRAINT impression_movements_some CHECK (amount > 0),
    CONSTRAINT impression_movements_of CHECK (
      CASE WHEN kind = 'credit' THEN order_id IS NOT NULL AND campaign_id IS NULL
           ELSE order_id IS NULL AND campaign_id IS NOT NULL END)
  );
  CREATE INDEX impression_movements_partner ON impression_movements (partner_id, id);
  CREATE INDEX impression_movements_campaign ON impression_movements (campaign_id, id) WHERE campaign_id IS NOT NULL;
  CREATE TRIGGER impression_movements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON impression_movements
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`;

const SHOWN = `
  -- Tokens that were confirmed; kept as long as they could be sent again.
  CREATE TABLE ad_renders (
    token_id    uuid NOT NULL,
    campaign_id uuid NOT NULL,
    CONSTRAINT ad_renders_pk PRIMARY KEY (token_id),
    CONSTRAINT ad_renders_campaign_fk FOREIGN KEY (campaign_id) REFERENCES ad_campaigns (id)
  );
  -- Tokens that were followed; kept likewise.
  CREATE TABLE ad_clicks (
    token_id    uuid NOT NULL,
    campaign_id uuid NOT NULL,
    CONSTRAINT ad_clicks_pk PRIMARY KEY (token_id),
    CONSTRAINT ad_clicks_campaign_fk FOREIGN KEY (campaign_id) REFERENCES ad_campaigns (id)
  );

  -- By UTC day; bots are counted apart and take no impression.
  CREATE TABLE ad_campaign_days (
    campaign_id uuid   NOT NULL,
    day         date   NOT NULL,
    ad_id       uuid   NOT NULL,
    renders     bigint NOT NULL DEFAULT 0,
    clicks      bigint NOT NULL DEFAULT 0,
    bot_renders bigint NOT NULL DEFAULT 0,
    bot_clicks  bigint NOT NULL DEFAULT 0,
    CONSTRAINT ad_campaign_days_pk PRIMARY KEY (campaign_id, day, ad_id),
    CONSTRAINT ad_campaign_days_ad_fk FOREIGN KEY (ad_id) REFERENCES ads (id),
    CONSTRAINT ad_campaign_days_campaign_fk FOREIGN KEY (campaign_id) REFERENCES ad_campaigns (id)
  );
`;
