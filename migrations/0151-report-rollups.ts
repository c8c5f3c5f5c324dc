import type { MigrationInterface, QueryRunner } from 'typeorm';

const VISITS = ['visits bigint', 'unique_visits bigint'];

/** Counts and sums of activity as they stand when this migration was written. */
const FACTS = [
  'registrations bigint',
  'duplicated_players bigint',
  'self_excluded_players bigint',
  'disabled_players bigint',
  'first_deposits bigint',
  'first_deposits_sum numeric',
  'activity_facts bigint',
  ...['deposits_count', 'cashouts_count', 'casino_bets_count', 'chargebacks_count', 'poker_rounds_count'].map(
    (name) => `${name} bigint`,
  ),
  ...[
    'deposits_sum',
    'cashouts_sum',
    'bets_sum',
    'wins_sum',
    'bonus_issues_sum',
    'chargebacks_sum',
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
    'poker_bets_sum',
    'poker_rake_sum',
    'poker_bonuses_sum',
    'poker_balance_corrections_sum',
    'poker_third_party_fees_sum',
    'fee_bets_sum',
    'fee_wins_sum',
    'fee_sb_settled_bets_sum',
    'fee_sb_wins_sum',
    'fee_poker_rake_sum',
  ].map((name) => `${name} numeric`),
  'qualified_players bigint',
  'commission_facts bigint',
  'partner_income numeric',
  'fixed numeric',
  'fixed_per_player numeric',
  'ngr_percent numeric',
  'deposits_sum_percent numeric',
  'wager_percent numeric',
  'payable_ngr numeric',
];

const FAMILIES = { report_visits: VISITS, report_facts: FACTS };

/** Sums of facts by day, month and brand, from which reports answer, and what is to be summed anew. */
export class ReportRollups1763000000151 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [family, columns] of Object.entries(FAMILIES)) await runner.query(tables(family, columns));
    await runner.query(STATE);
    await runner.query(MARKS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER report_marks_of_changes ON fact_changes;
      DROP TRIGGER report_marks_of_players ON players;
      DROP TRIGGER report_marks_of_new_qualifications ON player_qualifications;
      DROP TRIGGER report_marks_of_qualifications ON player_qualifications;
      DROP TRIGGER report_marks_of_new_bills ON bills;
      DROP TRIGGER report_marks_of_bills ON bills;
      DROP TRIGGER report_marks_of_versions ON commission_plan_versions;
      DROP FUNCTION mark_changed_facts(), mark_changed_players(), mark_new_qualifications(),
        mark_changed_qualifications(), mark_new_bills(), mark_changed_bills(), mark_changed_fees();
      DROP TABLE report_marks, report_rollups, ${Object.keys(FAMILIES)
        .flatMap((family) => [`${family}_by_day`, `${family}_by_month`, `${family}_of_brands`])
        .join(', ')};
    `);
  }
}

/** By day and by month for each promo; by day for each brand. What concerns a bill as a whole has no campaign and promo. */
function tables(family: string, columns: readonly string[]): string {
  const sums = columns.map((column) => `${column} NOT NULL`).join(',\n      ');
  const ofPromos = (grain: string): string => `
    CREATE TABLE ${family}_by_${grain} (
      -- First day, in the program's time zone.
      starts_on   date NOT NULL,
      partner_id  uuid NOT NULL,
      brand_id    uuid NOT NULL,
      campaign_id uuid,
      promo_id    uuid,
      currency    text NOT NULL,
      ${sums},
      CONSTRAINT ${family}_by_${grain}_unique
        UNIQUE NULLS NOT DISTINCT (partner_id, starts_on, brand_id, campaign_id, promo_id, currency)
    );
    CREATE INDEX ${family}_by_${grain}_idx ON ${family}_by_${grain} (starts_on);`;
  return `${ofPromos('day')} ${ofPromos('month')}
    CREATE TABLE ${family}_of_brands (
      starts_on date NOT NULL,
      brand_id  uuid NOT NULL,
      currency  text NOT NULL,
      ${sums},
      CONSTRAINT ${family}_of_brands_unique UNIQUE (starts_on, brand_id, currency)
    );`;
}

const STATE = `
  CREATE TABLE report_rollups (
    only_one      boolean NOT NULL DEFAULT true,
    -- Zone of the days; null before the facts were summed for the first time.
    time_zone     text,
    -- Visits of the days before it are summed; null for none.
    visits_before date,
    CONSTRAINT report_rollups_pk PRIMARY KEY (only_one),
    CONSTRAINT report_rollups_only_one CHECK (only_one),
    CONSTRAINT report_rollups_zone_first CHECK (time_zone IS NOT NULL OR visits_before IS NULL)
  );
  INSERT INTO report_rollups DEFAULT VALUES;
`;

const MARKS = `
  -- Facts of a partner that changed since they were summed: whoever reads reads these days' raw facts.
  CREATE TABLE report_marks (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    partner_id uuid   NOT NULL,
    -- When the facts are from, or on which day in any zone.
    at         timestamptz,
    day        date,
    CONSTRAINT report_marks_pk PRIMARY KEY (id),
    CONSTRAINT report_marks_time_or_day CHECK (num_nonnulls(at, day) = 1)
  );
  CREATE INDEX report_marks_partner_idx ON report_marks (partner_id);

  CREATE FUNCTION mark_changed_facts() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO report_marks (partner_id, at) SELECT DISTINCT partner_id, occurred_at FROM changed;
    RETURN NULL;
  END $$;
  CREATE TRIGGER report_marks_of_changes AFTER INSERT ON fact_changes REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION mark_changed_facts();

  -- The first deposit of a player moves when an earlier one is told of, or this one is taken back.
  CREATE FUNCTION mark_changed_players() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO report_marks (partner_id, at)
    SELECT DISTINCT n.partner_id, moved.at
      FROM before o JOIN after n USING (id)
     CROSS JOIN LATERAL (
           SELECT unnest(ARRAY[o.first_deposit_at, n.first_deposit_at]) AS at
            WHERE (o.first_deposit_at, o.first_deposit_minor, o.first_deposit_currency)
                  IS DISTINCT FROM (n.first_deposit_at, n.first_deposit_minor, n.first_deposit_currency)
           UNION ALL
           SELECT unnest(ARRAY[o.signed_up_at, n.signed_up_at])
            WHERE (o.signed_up_at, o.duplicate, o.self_excluded, o.disabled)
                  IS DISTINCT FROM (n.signed_up_at, n.duplicate, n.self_excluded, n.disabled)) AS moved
     WHERE moved.at IS NOT NULL;
    RETURN NULL;
  END $$;
  CREATE TRIGGER report_marks_of_players AFTER UPDATE ON players
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION mark_changed_players();

  CREATE FUNCTION mark_new_qualifications() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO report_marks (partner_id, at) SELECT DISTINCT partner_id, qualified_at FROM changed;
    RETURN NULL;
  END $$;
  CREATE TRIGGER report_marks_of_new_qualifications AFTER INSERT ON player_qualifications
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_new_qualifications();

  CREATE FUNCTION mark_changed_qualifications() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO report_marks (partner_id, at)
    SELECT partner_id, qualified_at FROM before UNION SELECT partner_id, qualified_at FROM after;
    RETURN NULL;
  END $$;
  CREATE TRIGGER report_marks_of_qualifications AFTER UPDATE ON player_qualifications
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION mark_changed_qualifications();

  CREATE FUNCTION mark_new_bills() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO report_marks (partner_id, day) SELECT DISTINCT partner_id, last_day FROM changed;
    RETURN NULL;
  END $$;
  CREATE TRIGGER report_marks_of_new_bills AFTER INSERT ON bills REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION mark_new_bills();

  -- A bill that is cancelled is no income.
  CREATE FUNCTION mark_changed_bills() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO report_marks (partner_id, day) VALUES (NEW.partner_id, NEW.last_day);
    RETURN NULL;
  END $$;
  CREATE TRIGGER report_marks_of_bills AFTER UPDATE OF state ON bills FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND 'cancelled' IN (OLD.state, NEW.state)) EXECUTE FUNCTION mark_changed_bills();

  /*
   * A version of a plan may begin in the past and change the admin fee of what is summed already. The lock keeps sums
   * from being made meanwhile by the version before.
   */
  CREATE FUNCTION mark_changed_fees() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.effective_from IS NOT NULL THEN
      PERFORM FROM report_rollups FOR SHARE;
      INSERT INTO report_marks (partner_id, day)
      SELECT DISTINCT r.partner_id, r.starts_on
        FROM campaigns c JOIN report_facts_by_day r ON r.partner_id = c.partner_id
       WHERE c.commission_plan_id = NEW.plan_id AND r.starts_on >= NEW.effective_from::date - 1;
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER report_marks_of_versions AFTER INSERT ON commission_plan_versions
    FOR EACH ROW EXECUTE FUNCTION mark_changed_fees();
`;
