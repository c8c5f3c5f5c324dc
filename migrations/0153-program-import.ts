import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What came from another program: partners, campaigns and links by their old names, players, opening balances (B10). */
export class ProgramImport1763000000153 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE imported_objects (
        -- The program that it came from.
        source      text        NOT NULL,
        kind        text        NOT NULL,
        -- Its name there, and what it is here.
        external_id text        NOT NULL,
        object_id   uuid        NOT NULL,
        -- Of the row that it was made from: another row for the same name is told apart.
        row_hash    text        NOT NULL,
        imported_at timestamptz NOT NULL,
        CONSTRAINT imported_objects_pk PRIMARY KEY (source, kind, external_id),
        CONSTRAINT imported_objects_kind_known CHECK (kind IN ('partner', 'campaign', 'archived_campaign', 'link', 'balance'))
      );

      ALTER TABLE players
        -- Paid for by the program that it came from: nothing is paid here for its registration and qualification.
        ADD COLUMN settled boolean NOT NULL DEFAULT false,
        DROP CONSTRAINT players_one_touch,
        -- By a visit or by a promo code; who came from another program was brought by neither of ours.
        ADD CONSTRAINT players_one_touch CHECK (num_nulls(visit_id, promo_code_id) >= 1);

      ALTER TABLE ledger_accounts
        DROP CONSTRAINT ledger_accounts_kind_known,
        ADD CONSTRAINT ledger_accounts_kind_known CHECK (kind IN
          ('available', 'processing', 'paid', 'commission_expense', 'balance_correction', 'opening_balance'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE ledger_accounts
        DROP CONSTRAINT ledger_accounts_kind_known,
        ADD CONSTRAINT ledger_accounts_kind_known
          CHECK (kind IN ('available', 'processing', 'paid', 'commission_expense', 'balance_correction'));
      ALTER TABLE players
        DROP CONSTRAINT players_one_touch,
        ADD CONSTRAINT players_one_touch CHECK (num_nulls(visit_id, promo_code_id) = 1),
        DROP COLUMN settled;
      DROP TABLE imported_objects;
    `);
  }
}
