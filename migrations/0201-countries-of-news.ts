import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Countries of news are kept in capital letters, as those of partners are; in small ones they reached nobody. */
export class CountriesOfNews1763000000201 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE news SET countries = ARRAY(SELECT DISTINCT upper(country) FROM unnest(countries) AS country ORDER BY 1)
       WHERE upper(countries::text) <> countries::text
    `);
  }

  /** What was written in small letters is not known any more. */
  async down(): Promise<void> {}
}
