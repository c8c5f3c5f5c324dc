import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Traffic sources, campaigns and promos. */
export class Campaigns1763000000070 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE traffic_sources (
        id   uuid NOT NULL,
        name text NOT NULL,
        CONSTRAINT traffic_sources_pk PRIMARY KEY (id),
        CONSTRAINT traffic_sources_name_unique UNIQUE (name)
      );
      INSERT INTO traffic_sources (id, name) VALUES
        ('01900000-0000-7000-8000-000000000001', 'SEO and content site'),
        ('01900000-0000-7000-8000-000000000002', 'Review or comparison site'),
        ('01900000-0000-7000-8000-000000000003', 'Social media'),
        ('01900000-0000-7000-8000-000000000004', 'Video and streaming'),
        ('01900000-0000-7000-8000-000000000005', 'E-mail marketing'),
        ('01900000-0000-7000-8000-000000000006', 'Paid search'),
        ('01900000-0000-7000-8000-000000000007', 'Paid social'),
        ('01900000-0000-7000-8000-000000000008', 'Display and native ads'),
        ('01900000-0000-7000-8000-000000000009', 'Push notifications'),
        ('01900000-0000-7000-8000-00000000000a', 'Messengers and communities'),
        ('01900000-0000-7000-8000-00000000000b', 'Mobile app'),
        ('01900000-0000-7000-8000-00000000000c', 'Offline'),
        ('01900000-0000-7000-8000-00000000000d', 'Other');

      CREATE TABLE campaigns (
        id                 uuid        NOT NULL,
        partner_id         uuid        NOT NULL,
        brand_id           uuid        NOT NULL,
        commission_plan_id uuid        NOT NULL,
        name               text        NOT NULL,
        state              text        NOT NULL,
        created_at         timestamptz NOT NULL,
        CONSTRAINT campaigns_pk PRIMARY KEY (id),
        CONSTRAINT campaigns_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT campaigns_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
        CONSTRAINT campaigns_plan_fk FOREIGN KEY (commission_plan_id) REFERENCES commission_plans (id),
        CONSTRAINT campaigns_state_known CHECK (state IN ('active', 'archived'))
      );
      CREATE INDEX campaigns_partner_idx ON campaigns (partner_id, id);
      CREATE INDEX campaigns_plan_idx ON campaigns (commission_plan_id, partner_id);

      CREATE TABLE promos (
        id                uuid        NOT NULL,
        campaign_id       uuid        NOT NULL,
        partner_id        uuid        NOT NULL,
        brand_id          uuid        NOT NULL,
        code              text        NOT NULL,
        title             text        NOT NULL,
        traffic_source_id uuid,
        landing_id        uuid        NOT NULL,
        media_id          uuid,
        created_at        timestamptz NOT NULL,
        CONSTRAINT promos_pk PRIMARY KEY (id),
        CONSTRAINT promos_campaign_fk FOREIGN KEY (campaign_id) REFERENCES campaigns (id),
        CONSTRAINT promos_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id),
        CONSTRAINT promos_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
        CONSTRAINT promos_traffic_source_fk FOREIGN KEY (traffic_source_id) REFERENCES traffic_sources (id),
        CONSTRAINT promos_landing_fk FOREIGN KEY (landing_id) REFERENCES landings (id),
        CONSTRAINT promos_media_fk FOREIGN KEY (media_id) REFERENCES media (id),
        CONSTRAINT promos_code_unique UNIQUE (code),
        CONSTRAINT promos_code_base62 CHECK (code ~ '^[0-9A-Za-z]{10}$')
      );
      CREATE INDEX promos_campaign_idx ON promos (campaign_id, id);

      -- A04: the traffic source is set once and never changed.
      CREATE FUNCTION promos_traffic_source_once() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'the traffic source of a promo is set once' USING ERRCODE = 'restrict_violation';
      END $$;
      CREATE TRIGGER promos_traffic_source_once BEFORE UPDATE OF traffic_source_id ON promos
        FOR EACH ROW
        WHEN (OLD.traffic_source_id IS NOT NULL AND NEW.traffic_source_id IS DISTINCT FROM OLD.traffic_source_id)
        EXECUTE FUNCTION promos_traffic_source_once();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE promos, campaigns, traffic_sources;
      DROP FUNCTION promos_traffic_source_once();
    `);
  }
}
