import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the explanations of a bill's lines have in common is kept once per bill; a line keeps what is its own. */
export class BillExplanations1763000000140 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE bill_explanations (
        bill_id uuid  CONSTRAINT bill_explanations_pk PRIMARY KEY
                      CONSTRAINT bill_explanations_bill_fk REFERENCES bills (id),
        -- By the place of the strategy in the plan, with which the keys of its lines begin.
        shared  jsonb NOT NULL
      );
      CREATE TRIGGER bill_explanations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bill_explanations
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE bill_lines DISABLE TRIGGER bill_lines_append_only;
      UPDATE bill_lines l SET explanation = coalesce(e.shared -> split_part(l.line_key, ':', 1), '{}') || l.explanation
        FROM bill_explanations e WHERE e.bill_id = l.bill_id AND l.kind = 'period';
      ALTER TABLE bill_lines ENABLE TRIGGER bill_lines_append_only;
      DROP TABLE bill_explanations;
    `);
  }
}
