import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Automatic cash-outs: the schedules, and the log of their runs. */
export class CashoutSchedules1763000000143 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE cashout_schedules (
        id                uuid        NOT NULL,
        owner_id          uuid        NOT NULL,
        payment_method_id uuid        NOT NULL,
        currency          text        NOT NULL,
        -- Null: as the payment method's type has it at the time.
        minimum_minor     bigint,
        maximum_minor     bigint,
        frequency         text        NOT NULL,
        weekdays          text[]      NOT NULL,
        dates             smallint[]  NOT NULL,
        time_of_day       text        NOT NULL,
        time_zone         text        NOT NULL,
        state             text        NOT NULL,
        suspended_because text,
        -- In whose name it asks for money, and since when that person's two-factor authentication was on then.
        authorised_by     uuid        NOT NULL,
        two_factor_since  timestamptz NOT NULL,
        -- The next occurrence: its local date and instant.
        next_date         date,
        next_at           timestamptz,
        -- When the runner looks at it next: at the occurrence, or later after a try that failed.
        look_at           timestamptz,
        failures          smallint    NOT NULL DEFAULT 0,
        created_at        timestamptz NOT NULL,
        updated_at        timestamptz NOT NULL,
        CONSTRAINT cashout_schedules_pk PRIMARY KEY (id),
        CONSTRAINT cashout_schedules_payment_method_fk FOREIGN KEY (payment_method_id) REFERENCES payment_methods (id),
        CONSTRAINT cashout_schedules_authorised_by_fk FOREIGN KEY (authorised_by) REFERENCES users (id),
        CONSTRAINT cashout_schedules_bounds_in_order
          CHECK (minimum_minor > 0 AND maximum_minor > 0 AND maximum_minor >= minimum_minor),
        CONSTRAINT cashout_schedules_frequency_known CHECK (frequency IN ('daily', 'weekdays', 'dates')),
        CONSTRAINT cashout_schedules_days_fit CHECK (
          (frequency = 'weekdays') = (cardinality(weekdays) > 0) AND (frequency = 'dates') = (cardinality(dates) > 0)),
        CONSTRAINT cashout_schedules_weekdays_known CHECK (
          weekdays <@ ARRAY['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']),
        CONSTRAINT cashout_schedules_dates_in_month CHECK (1 <= ALL (dates) AND 31 >= ALL (dates)),
        CONSTRAINT cashout_schedules_time_of_day_form CHECK (time_of_day ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
        CONSTRAINT cashout_schedules_state_known CHECK (state IN ('active', 'paused', 'suspended', 'deleted')),
        CONSTRAINT cashout_schedules_suspended_with_reason
          CHECK ((state = 'suspended') = (suspended_because IS NOT NULL)),
        CONSTRAINT cashout_schedules_active_has_next CHECK (
          (state = 'active') = (next_date IS NOT NULL) AND (state = 'active') = (next_at IS NOT NULL)
          AND (state = 'active') = (look_at IS NOT NULL))
      );
      CREATE INDEX cashout_schedules_owner_idx ON cashout_schedules (owner_id, id);
      CREATE INDEX cashout_schedules_due_idx ON cashout_schedules (look_at, id) WHERE state = 'active';

      CREATE TABLE cashout_schedule_runs (
        id              uuid        NOT NULL,
        schedule_id     uuid        NOT NULL,
        owner_id        uuid        NOT NULL,
        -- Of the occurrence: its local date in the schedule's zone, and its instant.
        local_date      date        NOT NULL,
        due_at          timestamptz NOT NULL,
        ran_at          timestamptz NOT NULL,
        outcome         text        NOT NULL,
        cashout_id      uuid,
        -- What was available then; null when it was not looked at.
        available_minor bigint,
        currency        text        NOT NULL,
        reason_code     text,
        reason          text,
        CONSTRAINT cashout_schedule_runs_pk PRIMARY KEY (id),
        CONSTRAINT cashout_schedule_runs_schedule_fk FOREIGN KEY (schedule_id) REFERENCES cashout_schedules (id),
        CONSTRAINT cashout_schedule_runs_cashout_fk FOREIGN KEY (cashout_id) REFERENCES cashouts (id),
        CONSTRAINT cashout_schedule_runs_once UNIQUE (schedule_id, local_date),
        CONSTRAINT cashout_schedule_runs_one_per_cashout UNIQUE (cashout_id),
        CONSTRAINT cashout_schedule_runs_outcome_known
          CHECK (outcome IN ('requested', 'below_minimum', 'missed', 'refused')),
        CONSTRAINT cashout_schedule_runs_request_has_cashout CHECK ((outcome = 'requested') = (cashout_id IS NOT NULL)),
        CONSTRAINT cashout_schedule_runs_refusal_has_reason CHECK (
          (outcome = 'refused') = (reason_code IS NOT NULL) AND (outcome = 'refused') = (reason IS NOT NULL))
      );
      CREATE INDEX cashout_schedule_runs_schedule_idx ON cashout_schedule_runs (schedule_id, id);
      CREATE INDEX cashout_schedule_runs_owner_idx ON cashout_schedule_runs (owner_id);
      CREATE TRIGGER cashout_schedule_runs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cashout_schedule_runs
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE cashout_schedule_runs; DROP TABLE cashout_schedules;');
  }
}
