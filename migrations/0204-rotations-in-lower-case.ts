import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ids of landings in rotations stand as ids are compared; one in capitals found no landing. */
export class RotationsInLowerCase1763000000204 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE promos
         SET targets = (SELECT jsonb_agg(target || jsonb_build_object('landingId', lower(target ->> 'landingId')) ORDER BY place)
                          FROM jsonb_array_elements(targets) WITH ORDINALITY AS rotation (target, place))
       WHERE EXISTS (SELECT FROM jsonb_array_elements(targets) AS target
                      WHERE target ->> 'landingId' <> lower(target ->> 'landingId'))
    `);
  }

  /** How they were written is not known any more. */
  async down(): Promise<void> {}
}
