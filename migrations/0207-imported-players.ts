import type { MigrationInterface, QueryRunner } from 'typeorm';

const KINDS = ['partner', 'campaign', 'archived_campaign', 'link', 'balance', 'sub_affiliate'];

/** The rows of players of another program are known again: what was imported before says nothing of its row. */
export class ImportedPlayers1763000000207 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(kinds([...KINDS, 'player']));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM imported_objects WHERE kind = 'player';
      ${kinds(KINDS)}
    `);
  }
}

function kinds(known: readonly string[]): string {
  return `
    ALTER TABLE imported_objects
      DROP CONSTRAINT imported_objects_kind_known,
      ADD CONSTRAINT imported_objects_kind_known CHECK (kind IN (${known.map((kind) => `'${kind}'`).join(', ')}));`;
}
