import type { MigrationInterface, QueryRunner } from 'typeorm';

const BLANKS = String.raw`E' \t\n\r\f\u000b\u00a0'`;

/** Names of groups have no blanks around them: "vip " was a group beside "vip". */
export class GroupsOfPartners1763000000202 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE partners
         SET groups = ARRAY(SELECT DISTINCT btrim(name, ${BLANKS}) FROM unnest(groups) AS name
                             WHERE btrim(name, ${BLANKS}) <> '' ORDER BY 1)
       WHERE EXISTS (SELECT FROM unnest(groups) AS name WHERE name <> btrim(name, ${BLANKS}))
    `);
  }

  /** Which blanks there were is not known any more. */
  async down(): Promise<void> {}
}
