import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What came from another program: partners, campaigns and links by their old names, players, opening balances (B10). */
export class ProgramImport1763000000159 implements MigrationInterface {
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

      DROP TRIGGER ledger_accounts_known ON ledger_accounts;
      ${known("'commission_expense', 'balance_correction', 'opening_balance'")}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER ledger_accounts_known ON ledger_accounts;
      ${known("'commission_expense', 'balance_correction'")}
      ALTER TABLE players
        DROP CONSTRAINT players_one_touch,
        ADD CONSTRAINT players_one_touch CHECK (num_nulls(visit_id, promo_code_id) = 1),
        DROP COLUMN settled;
      DROP TABLE imported_objects;
    `);
  }
}

/** Refuses accounts of other kinds, as before. @param ofTheHouse kinds of accounts without an owner */
function known(ofTheHouse: string): string {
  return `
    CREATE TRIGGER ledger_accounts_known
      BEFORE INSERT OR UPDATE OF owner_id, shard, kind, currency, allow_negative ON ledger_accounts FOR EACH ROW
      WHEN (NOT coalesce(CASE WHEN NEW.kind IN ('available', 'processing', 'paid') THEN NEW.owner_id IS NOT NULL AND NEW.shard = 0
                     WHEN NEW.kind IN (${ofTheHouse}) THEN NEW.owner_id IS NULL AND NEW.shard BETWEEN 0 AND 15
                     ELSE false END, false))
      EXECUTE FUNCTION ledger_refuse_account();`;
}
