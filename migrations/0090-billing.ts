import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Bill runs, bills with their lines and corrections, carry-over positions and qualifications (rules §3). */
export class Billing1763000000090 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RUNS);
    await runner.query(BILLS);
    await runner.query(LINES);
    await runner.query(POSITIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE player_qualifications, billing_positions, bill_corrections, bill_lines, bills, bill_runs;
      DROP FUNCTION bill_lines_add_up();
      DROP FUNCTION billing_append_only();
    `);
  }
}

const RUNS = `
  CREATE TABLE bill_runs (
    id uuid CONSTRAINT bill_runs_pk PRIMARY KEY,
    plan_id uuid CONSTRAINT bill_runs_plan_fk REFERENCES commission_plans (id),
    through date NOT NULL,
    source text NOT NULL CONSTRAINT bill_runs_source_known CHECK (source IN ('operator', 'command', 'schedule')),
    requested_by uuid CONSTRAINT bill_runs_requested_by_fk REFERENCES users (id),
    -- The hour that a scheduled run belongs to: two instances that wake at once make one run.
    scheduled_for timestamptz CONSTRAINT bill_runs_scheduled_for_unique UNIQUE,
    state text NOT NULL DEFAULT 'queued'
      CONSTRAINT bill_runs_state_known CHECK (state IN ('queued', 'running', 'finished', 'failed')),
    partners_considered integer NOT NULL DEFAULT 0,
    partners_failed integer NOT NULL DEFAULT 0,
    bills_made integer NOT NULL DEFAULT 0,
    lines_made integer NOT NULL DEFAULT 0,
    -- The last (plan, partner) that was dealt with: a run that is taken up again goes on behind it.
    cursor_plan_id uuid,
    cursor_partner_id uuid,
    -- Held by the executor; when it passes, the executor is taken for dead and another one goes on.
    lease_holder uuid,
    lease_until timestamptz,
    last_error text,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT bill_runs_finish_has_time CHECK ((state IN ('finished', 'failed')) = (finished_at IS NOT NULL)),
    CONSTRAINT bill_runs_cursor_whole CHECK ((cursor_plan_id IS NULL) = (cursor_partner_id IS NULL))
  );
  CREATE INDEX bill_runs_open_idx ON bill_runs (created_at) WHERE state IN ('queued', 'running');
`;

const BILLS = `
  CREATE TABLE bills (
    id uuid CONSTRAINT bills_pk PRIMARY KEY,
    partner_id uuid NOT NULL CONSTRAINT bills_partner_fk REFERENCES partners (id),
    plan_id uuid NOT NULL CONSTRAINT bills_plan_fk REFERENCES commission_plans (id),
    plan_version integer NOT NULL,
    brand_id uuid NOT NULL CONSTRAINT bills_brand_fk REFERENCES brands (id),
    currency text NOT NULL,
    period_start timestamptz NOT NULL,
    period_end timestamptz NOT NULL,
    time_zone text NOT NULL,
    -- The period's first and last day in the plan's zone, both inclusive.
    first_day date NOT NULL,
    last_day date NOT NULL,
    state text NOT NULL
      CONSTRAINT bills_state_known CHECK (state IN ('pending', 'on_hold', 'paid', 'cancelled')),
    issued_minor bigint NOT NULL CONSTRAINT bills_issued_not_negative CHECK (issued_minor >= 0),
    payable_minor bigint NOT NULL CONSTRAINT bills_payable_not_negative CHECK (payable_minor >= 0),
    cancel_reason text,
    run_id uuid NOT NULL CONSTRAINT bills_run_fk REFERENCES bill_runs (id),
    created_at timestamptz NOT NULL,
    processed_at timestamptz,
    processed_by uuid CONSTRAINT bills_processed_by_fk REFERENCES users (id),
    CONSTRAINT bills_plan_version_fk FOREIGN KEY (plan_id, plan_version)
      REFERENCES commission_plan_versions (plan_id, version),
    CONSTRAINT bills_period_unique UNIQUE (partner_id, plan_id, brand_id, currency, period_start),
    CONSTRAINT bills_period_forward CHECK (period_start < period_end AND first_day <= last_day),
    CONSTRAINT bills_final_has_time CHECK ((state IN ('paid', 'cancelled')) = (processed_at IS NOT NULL)),
    CONSTRAINT bills_cancelled_has_reason CHECK ((state = 'cancelled') = (cancel_reason IS NOT NULL))
  );
  CREATE INDEX bills_partner_idx ON bills (partner_id, id);
  CREATE INDEX bills_state_idx ON bills (state, id);
  CREATE INDEX bills_run_idx ON bills (run_id);

  CREATE TABLE bill_corrections (
    id uuid CONSTRAINT bill_corrections_pk PRIMARY KEY,
    bill_id uuid NOT NULL CONSTRAINT bill_corrections_bill_fk REFERENCES bills (id),
    type text NOT NULL CONSTRAINT bill_corrections_type_known CHECK (type IN ('add', 'subtract')),
    amount_minor bigint NOT NULL CONSTRAINT bill_corrections_amount_positive CHECK (amount_minor > 0),
    comment text NOT NULL CONSTRAINT bill_corrections_comment_given CHECK (btrim(comment) <> ''),
    created_by uuid NOT NULL CONSTRAINT bill_corrections_created_by_fk REFERENCES users (id),
    created_at timestamptz NOT NULL
  );
  CREATE INDEX bill_corrections_bill_idx ON bill_corrections (bill_id, id);
`;

const LINES = `
  CREATE TABLE bill_lines (
    id uuid CONSTRAINT bill_lines_pk PRIMARY KEY,
    bill_id uuid NOT NULL CONSTRAINT bill_lines_bill_fk REFERENCES bills (id),
    partner_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    position integer NOT NULL,
    kind text NOT NULL CONSTRAINT bill_lines_kind_known
      CHECK (kind IN ('period', 'adjustment', 'carry_in', 'carry_out', 'not_carried')),
    -- The period that the line pays for: the bill's own, or an earlier one for adjustments.
    period_start timestamptz NOT NULL,
    line_key text NOT NULL,
    strategy text,
    campaign_id uuid CONSTRAINT bill_lines_campaign_fk REFERENCES campaigns (id),
    promo_id uuid CONSTRAINT bill_lines_promo_fk REFERENCES promos (id),
    quantity bigint NOT NULL,
    base_minor bigint,
    rate text,
    amount_minor bigint NOT NULL CONSTRAINT bill_lines_amount_not_zero CHECK (amount_minor <> 0),
    explanation jsonb NOT NULL,
    CONSTRAINT bill_lines_key_unique UNIQUE (bill_id, period_start, line_key)
  );
  -- What was billed for a partner's periods so far: the other side of every recalculation.
  CREATE INDEX bill_lines_billed_idx ON bill_lines (partner_id, plan_id, period_start);

  CREATE FUNCTION billing_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END $$;
  CREATE TRIGGER bill_lines_append_only BEFORE UPDATE OR DELETE ON bill_lines
    FOR EACH STATEMENT EXECUTE FUNCTION billing_append_only();
  CREATE TRIGGER bill_corrections_append_only BEFORE UPDATE OR DELETE ON bill_corrections
    FOR EACH STATEMENT EXECUTE FUNCTION billing_append_only();

  CREATE FUNCTION bill_lines_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE total numeric;
  BEGIN
    SELECT coalesce(sum(amount_minor), 0) INTO total FROM bill_lines WHERE bill_id = NEW.id;
    IF total <> NEW.issued_minor THEN
      RAISE EXCEPTION 'Lines of bill % add up to %, issued is %', NEW.id, total, NEW.issued_minor
        USING ERRCODE = 'check_violation', CONSTRAINT = 'bills_lines_add_up';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER bills_lines_add_up AFTER INSERT OR UPDATE OF issued_minor ON bills
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bill_lines_add_up();
`;

const POSITIONS = `
  CREATE TABLE billing_positions (
    partner_id uuid CONSTRAINT billing_positions_partner_fk REFERENCES partners (id),
    plan_id uuid CONSTRAINT billing_positions_plan_fk REFERENCES commission_plans (id),
    brand_id uuid CONSTRAINT billing_positions_brand_fk REFERENCES brands (id),
    currency text,
    carry_minor bigint NOT NULL DEFAULT 0 CONSTRAINT billing_positions_carry_is_debt CHECK (carry_minor <= 0),
    CONSTRAINT billing_positions_pk PRIMARY KEY (partner_id, plan_id, brand_id, currency)
  );

  CREATE TABLE player_qualifications (
    plan_id uuid CONSTRAINT player_qualifications_plan_fk REFERENCES commission_plans (id),
    player_id uuid,
    partner_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    promo_id uuid NOT NULL,
    -- The period that pays for the player, and the instant at which the last criterion was met.
    period_start timestamptz NOT NULL,
    qualified_at timestamptz NOT NULL,
    -- The bill in whose transaction this was decided first; null when its line was zero.
    bill_id uuid CONSTRAINT player_qualifications_bill_fk REFERENCES bills (id),
    -- Set while the facts, as corrected since, no longer qualify the player.
    revoked_at timestamptz,
    CONSTRAINT player_qualifications_pk PRIMARY KEY (plan_id, player_id)
  );
  CREATE INDEX player_qualifications_partner_idx ON player_qualifications (partner_id, plan_id, period_start);
`;
