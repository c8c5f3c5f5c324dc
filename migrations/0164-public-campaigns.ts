import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Public engagement campaigns: their terms, who has joined, and the posts that are paid for (E01 to E08). */
export class PublicCampaigns1763000000164 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [CAMPAIGNS, PARTICIPATIONS, POSTS, CONSUMED]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE post_metrics;
      DROP TABLE campaign_posts;
      DROP FUNCTION public_campaigns_consume();
      DROP TABLE participations;
      DROP TABLE public_campaign_terms;
      DROP TABLE public_campaigns;
    `);
  }
}

const PLATFORMS = `ARRAY['instagram', 'youtube', 'tiktok']`;

const CAMPAIGNS = `
  CREATE TABLE public_campaigns (
    id                uuid        NOT NULL,
    brand_id          uuid        NOT NULL,
    state             text        NOT NULL,
    title             text        NOT NULL,
    description       text        NOT NULL,
    precautions       text,
    -- Whom the posts are to reach.
    target            text,
    platforms         text[]      NOT NULL,
    time_zone         text        NOT NULL,
    starts_at         timestamptz NOT NULL,
    ends_at           timestamptz NOT NULL,
    posting_from      timestamptz NOT NULL,
    posting_until     timestamptz NOT NULL,
    currency          text        NOT NULL,
    budget_minor      bigint      NOT NULL,
    -- Sum of what is accrued for posts; written by their trigger only.
    consumed_minor    bigint      NOT NULL DEFAULT 0,
    -- [{unit, price, maxUnits}]: the price in millionths of a minor unit, both as decimal strings.
    unit_prices       jsonb       NOT NULL,
    post_cap_minor    bigint,
    creator_cap_minor bigint,
    required_tags     text[]      NOT NULL,
    countries         text[]      NOT NULL,
    min_followers     int,
    verified_only     boolean     NOT NULL,
    -- The version of the terms that is in force.
    terms_version     int         NOT NULL,
    created_at        timestamptz NOT NULL,
    published_at      timestamptz,
    cancelled_at      timestamptz,
    CONSTRAINT public_campaigns_pk PRIMARY KEY (id),
    CONSTRAINT public_campaigns_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
    CONSTRAINT public_campaigns_state_known CHECK (state IN ('draft', 'published', 'paused', 'cancelled')),
    CONSTRAINT public_campaigns_platforms_known CHECK (platforms <@ ${PLATFORMS} AND cardinality(platforms) > 0),
    CONSTRAINT public_campaigns_times_in_order
      CHECK (starts_at <= posting_from AND posting_from < posting_until AND posting_until <= ends_at),
    CONSTRAINT public_campaigns_budget_kept CHECK (budget_minor > 0 AND consumed_minor BETWEEN 0 AND budget_minor),
    CONSTRAINT public_campaigns_caps_positive CHECK (post_cap_minor > 0 AND creator_cap_minor > 0),
    CONSTRAINT public_campaigns_has_prices CHECK (jsonb_array_length(unit_prices) > 0),
    CONSTRAINT public_campaigns_min_followers_positive CHECK (min_followers > 0),
    CONSTRAINT public_campaigns_published_once CHECK (state IN ('draft', 'cancelled') OR published_at IS NOT NULL),
    CONSTRAINT public_campaigns_cancelled_when CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL))
  );
  CREATE INDEX public_campaigns_brand_idx ON public_campaigns (brand_id, id);
  CREATE INDEX public_campaigns_published_idx ON public_campaigns (id) WHERE state = 'published';

  CREATE TABLE public_campaign_terms (
    campaign_id uuid        NOT NULL,
    version     int         NOT NULL,
    text        text        NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT public_campaign_terms_pk PRIMARY KEY (campaign_id, version),
    CONSTRAINT public_campaign_terms_campaign_fk FOREIGN KEY (campaign_id) REFERENCES public_campaigns (id)
  );
  CREATE TRIGGER public_campaign_terms_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public_campaign_terms
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`;

const PARTICIPATIONS = `
  CREATE TABLE participations (
    id                   uuid        NOT NULL,
    campaign_id          uuid        NOT NULL,
    partner_id           uuid        NOT NULL,
    connected_account_id uuid        NOT NULL,
    -- The account as it was when it joined: a post counts if its author is this one.
    platform             text        NOT NULL,
    platform_user_id     text        NOT NULL,
    handle               text        NOT NULL,
    -- What was accepted, by whom and when.
    terms_version        int         NOT NULL,
    joined_by            uuid        NOT NULL,
    joined_at            timestamptz NOT NULL,
    -- When its posts are looked for next; null when the figures of the campaign are final.
    -- When its posts are looked for next; null when the figures of the campaign are final.
    collect_at           timestamptz,
    CONSTRAINT participations_pk PRIMARY KEY (id),
    CONSTRAINT participations_campaign_fk FOREIGN KEY (campaign_id) REFERENCES public_campaigns (id),
    CONSTRAINT participations_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT participations_joined_by_fk FOREIGN KEY (joined_by) REFERENCES users (id),
    CONSTRAINT participations_terms_fk
      FOREIGN KEY (campaign_id, terms_version) REFERENCES public_campaign_terms (campaign_id, version),
    CONSTRAINT participations_platform_known CHECK (platform = ANY (${PLATFORMS})),
    CONSTRAINT participations_once_per_account UNIQUE (campaign_id, platform, platform_user_id)
  );
  CREATE INDEX participations_partner_idx ON participations (partner_id, id);
  CREATE INDEX participations_account_idx ON participations (connected_account_id);
  CREATE INDEX participations_collect_idx ON participations (collect_at, id) WHERE collect_at IS NOT NULL;
`;

const POSTS = `
  CREATE TABLE campaign_posts (
    id               uuid        NOT NULL,
    participation_id uuid        NOT NULL,
    campaign_id      uuid        NOT NULL,
    partner_id       uuid        NOT NULL,
    -- In its one spelling.
    url              text        NOT NULL,
    state            text        NOT NULL,
    -- Why it does not count; stays where a brand has overlooked it.
    fault            text,
    -- What the brand says of a post that it does not approve.
    reason           text,
    published_at     timestamptz,
    submitted_at     timestamptz NOT NULL,
    collected_at     timestamptz,
    -- Units known last; null where the platform has never told.
    likes            bigint,
    views            bigint,
    shares           bigint,
    comments         bigint,
    followers        bigint,
    -- What it has earned by its units, and what of it the caps and the budget allow.
    reward_minor     bigint      NOT NULL DEFAULT 0,
    accrued_minor    bigint      NOT NULL DEFAULT 0,
    decided_at       timestamptz,
    -- Null for a decision that nobody took in time.
    decided_by       uuid,
    -- When the approval was told, after the campaign.
    announced_at     timestamptz,
    paid_at          timestamptz,
    CONSTRAINT campaign_posts_pk PRIMARY KEY (id),
    CONSTRAINT campaign_posts_participation_fk FOREIGN KEY (participation_id) REFERENCES participations (id),
    CONSTRAINT campaign_posts_campaign_fk FOREIGN KEY (campaign_id) REFERENCES public_campaigns (id),
    CONSTRAINT campaign_posts_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
    CONSTRAINT campaign_posts_decided_by_fk FOREIGN KEY (decided_by) REFERENCES users (id),
    CONSTRAINT campaign_posts_once UNIQUE (participation_id, url),
    CONSTRAINT campaign_posts_state_known
      CHECK (state IN ('joined', 'effective', 'warning', 'approved', 'ineffective')),
    CONSTRAINT campaign_posts_fault_known CHECK (
      fault IN ('OUTSIDE_PERIOD', 'WRONG_ACCOUNT', 'MISSING_TAG', 'DUPLICATE', 'NOT_FOUND', 'OVER_BUDGET')),
    CONSTRAINT campaign_posts_warning_says_why CHECK (state <> 'warning' OR fault IS NOT NULL),
    CONSTRAINT campaign_posts_effective_is_faultless CHECK (state <> 'effective' OR fault IS NULL),
    CONSTRAINT campaign_posts_ineffective_says_why CHECK ((state = 'ineffective') = (reason IS NOT NULL)),
    CONSTRAINT campaign_posts_decided_when
      CHECK ((state IN ('approved', 'ineffective')) = (decided_at IS NOT NULL)),
    CONSTRAINT campaign_posts_units_not_negative
      CHECK (likes >= 0 AND views >= 0 AND shares >= 0 AND comments >= 0 AND followers >= 0),
    CONSTRAINT campaign_posts_accrues_when_it_counts CHECK (
      accrued_minor BETWEEN 0 AND reward_minor AND (accrued_minor = 0 OR state IN ('effective', 'approved'))),
    CONSTRAINT campaign_posts_paid_when_approved CHECK (paid_at IS NULL OR state = 'approved' AND accrued_minor > 0)
  );
  CREATE INDEX campaign_posts_campaign_idx ON campaign_posts (campaign_id, id);
  CREATE INDEX campaign_posts_partner_idx ON campaign_posts (partner_id, id);
  -- A post counts once in the whole program.
  CREATE UNIQUE INDEX campaign_posts_counts_once ON campaign_posts (url) WHERE state IN ('effective', 'approved');
  CREATE INDEX campaign_posts_undecided_idx ON campaign_posts (campaign_id) WHERE state = 'effective';
  CREATE INDEX campaign_posts_unannounced_idx ON campaign_posts (campaign_id)
    WHERE state = 'approved' AND announced_at IS NULL;

  CREATE TABLE post_metrics (
    id            uuid        NOT NULL,
    post_id       uuid        NOT NULL,
    collected_at  timestamptz NOT NULL,
    likes         bigint,
    views         bigint,
    shares        bigint,
    comments      bigint,
    followers     bigint,
    reward_minor  bigint      NOT NULL,
    accrued_minor bigint      NOT NULL,
    CONSTRAINT post_metrics_pk PRIMARY KEY (id),
    CONSTRAINT post_metrics_post_fk FOREIGN KEY (post_id) REFERENCES campaign_posts (id)
  );
  CREATE INDEX post_metrics_post_idx ON post_metrics (post_id, id);
  CREATE TRIGGER post_metrics_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON post_metrics
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`;

/** What is consumed is what is accrued: whatever changes an accrual changes both, and the budget's check has the last word. */
const CONSUMED = `
  CREATE FUNCTION public_campaigns_consume() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE public_campaigns
       SET consumed_minor = consumed_minor + coalesce(NEW.accrued_minor, 0) - coalesce(OLD.accrued_minor, 0)
     WHERE id = coalesce(NEW.campaign_id, OLD.campaign_id);
    RETURN NULL;
  END $$;
  CREATE TRIGGER campaign_posts_consume_added AFTER INSERT ON campaign_posts
    FOR EACH ROW WHEN (NEW.accrued_minor <> 0) EXECUTE FUNCTION public_campaigns_consume();
  CREATE TRIGGER campaign_posts_consume_deleted AFTER DELETE ON campaign_posts
    FOR EACH ROW WHEN (OLD.accrued_minor <> 0) EXECUTE FUNCTION public_campaigns_consume();
  CREATE TRIGGER campaign_posts_consume_changed AFTER UPDATE OF accrued_minor ON campaign_posts
    FOR EACH ROW WHEN (NEW.accrued_minor <> OLD.accrued_minor) EXECUTE FUNCTION public_campaigns_consume();
`;
