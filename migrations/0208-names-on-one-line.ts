import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Control characters and the separators of lines and paragraphs, as `isOneLine` has them. */
const BREAKS = String.raw`\u0001-\u001f\u007f-\u009f\u2028\u2029`;

/** Names stand on one line, as mails that greet by them need it; older ones may have been taken with more. */
export class NamesOnOneLine1763000000208 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['users', 'partners']) {
      await runner.query(`
        UPDATE ${table}
           SET name = coalesce(nullif(btrim(regexp_replace(name, '[ ${BREAKS}]*[${BREAKS}][ ${BREAKS}]*', ' ', 'g')), ''), '–')
         WHERE name ~ '[${BREAKS}]'
      `);
    }
  }

  /** Where the lines ended is not known any more. */
  async down(): Promise<void> {}
}
