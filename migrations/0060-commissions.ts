import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Commission plans, their versions, and the partners of individual plans. */
export class Commissions1763000000060 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE commission_plans (
        id                  uuid        NOT NULL,
        brand_id            uuid        NOT NULL,
        name                text        NOT NULL,
        currency            text        NOT NULL,
        period              text        NOT NULL,
        time_zone           text        NOT NULL,
        availability        text        NOT NULL,
        negative_carry_over boolean     NOT NULL,
        state               text        NOT NULL,
        current_version     integer     NOT NULL,
        created_at          timestamptz NOT NULL,
        CONSTRAINT commission_plans_pk PRIMARY KEY (id),
        CONSTRAINT commission_plans_brand_fk FOREIGN KEY (brand_id) REFERENCES brands (id),
        CONSTRAINT commission_plans_period_known CHECK (period IN ('daily', 'weekly', 'monthly')),
        CONSTRAINT commission_plans_availability_known CHECK (availability IN ('default', 'individual')),
        CONSTRAINT commission_plans_state_known CHECK (state IN ('active', 'archived')),
        CONSTRAINT commission_plans_current_version_positive CHECK (current_version > 0)
      );
      CREATE INDEX commission_plans_brand_idx ON commission_plans (brand_id, id);

      CREATE TABLE commission_plan_versions (
        id                  uuid        NOT NULL,
        plan_id             uuid        NOT NULL,
        version             integer     NOT NULL,
        strategies          jsonb       NOT NULL,
        admin_fee_bps       integer     NOT NULL,
        negative_carry_over boolean     NOT NULL,
        -- Start of the first period that this version pays; null for the first version, which pays from the beginning.
        effective_from      timestamptz,
        created_at          timestamptz NOT NULL,
        created_by          uuid,
        CONSTRAINT commission_plan_versions_pk PRIMARY KEY (id),
        CONSTRAINT commission_plan_versions_plan_fk FOREIGN KEY (plan_id) REFERENCES commission_plans (id),
        CONSTRAINT commission_plan_versions_created_by_fk FOREIGN KEY (created_by) REFERENCES users (id),
        CONSTRAINT commission_plan_versions_version_unique UNIQUE (plan_id, version),
        CONSTRAINT commission_plan_versions_admin_fee_bps_range CHECK (admin_fee_bps BETWEEN 0 AND 10000),
        CONSTRAINT commission_plan_versions_strategies_some CHECK (jsonb_array_length(strategies) BETWEEN 1 AND 10),
        CONSTRAINT commission_plan_versions_first_from_beginning CHECK ((version = 1) = (effective_from IS NULL))
      );

      CREATE TABLE commission_plan_partners (
        plan_id    uuid NOT NULL,
        partner_id uuid NOT NULL,
        CONSTRAINT commission_plan_partners_pk PRIMARY KEY (plan_id, partner_id),
        CONSTRAINT commission_plan_partners_plan_fk FOREIGN KEY (plan_id) REFERENCES commission_plans (id),
        CONSTRAINT commission_plan_partners_partner_fk FOREIGN KEY (partner_id) REFERENCES partners (id)
      );
      CREATE INDEX commission_plan_partners_partner_idx ON commission_plan_partners (partner_id, plan_id);

      CREATE FUNCTION commission_plan_versions_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'a version of a commission plan is never changed' USING ERRCODE = 'restrict_violation';
      END $$;
      CREATE TRIGGER commission_plan_versions_immutable BEFORE UPDATE OR DELETE ON commission_plan_versions
        FOR EACH ROW EXECUTE FUNCTION commission_plan_versions_immutable();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE commission_plan_partners, commission_plan_versions, commission_plans;
      DROP FUNCTION commission_plan_versions_immutable();
    `);
  }
}
