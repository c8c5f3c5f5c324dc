import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose partner an entry of the audit log concerns, who really acted in the event log, one guard of append-only tables. */
export class Logs1763000000107 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE audit_log ADD COLUMN partner_id uuid;
      CREATE INDEX audit_log_partner ON audit_log (partner_id, id);
      CREATE INDEX audit_log_actor ON audit_log (actor_user_id, id);
      CREATE INDEX audit_log_impersonator ON audit_log (impersonator_id, id) WHERE impersonator_id IS NOT NULL;
      CREATE INDEX audit_log_request ON audit_log (request_id);
      ALTER TABLE event_log ADD COLUMN impersonator_id uuid;
    `);
    for (const { table, trigger, truncate } of GUARDED) {
      await runner.query(`
        DROP TRIGGER ${trigger} ON ${table};
        CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE${truncate ? ' OR TRUNCATE' : ''} ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      `);
    }
    await runner.query(`
      DROP FUNCTION ledger_append_only();
      DROP FUNCTION commission_plan_versions_immutable();
      DROP FUNCTION activity_corrections_immutable();
      DROP FUNCTION billing_append_only();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(FORMER_FUNCTIONS);
    for (const { table, trigger, was } of GUARDED) {
      await runner.query(`
        DROP TRIGGER ${table}_append_only ON ${table};
        CREATE TRIGGER ${trigger} BEFORE ${was};
      `);
    }
    await runner.query(`
      ALTER TABLE event_log DROP COLUMN impersonator_id;
      DROP INDEX audit_log_request, audit_log_impersonator, audit_log_actor;
      ALTER TABLE audit_log DROP COLUMN partner_id;
    `);
  }
}

/** Tables guarded by functions of their own until now; a brand's corrections of facts may be cleared as a whole. */
const GUARDED = [
  {
    table: 'ledger_journals',
    trigger: 'ledger_journals_append_only',
    truncate: true,
    was: 'UPDATE OR DELETE OR TRUNCATE ON ledger_journals FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()',
  },
  {
    table: 'ledger_entries',
    trigger: 'ledger_entries_append_only',
    truncate: true,
    was: 'UPDATE OR DELETE OR TRUNCATE ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()',
  },
  {
    table: 'commission_plan_versions',
    trigger: 'commission_plan_versions_immutable',
    truncate: true,
    was: `UPDATE OR DELETE ON commission_plan_versions
          FOR EACH ROW EXECUTE FUNCTION commission_plan_versions_immutable()`,
  },
  {
    table: 'activity_corrections',
    trigger: 'activity_corrections_immutable',
    truncate: false,
    was: `UPDATE OR DELETE ON activity_corrections
          FOR EACH ROW EXECUTE FUNCTION activity_corrections_immutable()`,
  },
  {
    table: 'bill_lines',
    trigger: 'bill_lines_append_only',
    truncate: true,
    was: 'UPDATE OR DELETE ON bill_lines FOR EACH STATEMENT EXECUTE FUNCTION billing_append_only()',
  },
  {
    table: 'bill_corrections',
    trigger: 'bill_corrections_append_only',
    truncate: true,
    was: 'UPDATE OR DELETE ON bill_corrections FOR EACH STATEMENT EXECUTE FUNCTION billing_append_only()',
  },
];

const FORMER_FUNCTIONS = `
  CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is append-only: a mistake is reversed by a new journal', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END $$;
  CREATE FUNCTION commission_plan_versions_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'a version of a commission plan is never changed' USING ERRCODE = 'restrict_violation';
  END $$;
  CREATE FUNCTION activity_corrections_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'a correction is never changed' USING ERRCODE = 'restrict_violation';
  END $$;
  CREATE FUNCTION billing_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END $$;
`;
