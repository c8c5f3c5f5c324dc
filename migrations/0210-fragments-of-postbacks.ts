import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Fragments were never sent: neither what waits nor the log says any more that they were. */
export class FragmentsOfPostbacks1763000000210 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['postback_deliveries', 'postback_log']) {
      await runner.query(`UPDATE ${table} SET url = split_part(url, '#', 1) WHERE strpos(url, '#') > 0`);
    }
  }

  /** What was cut off is not kept. */
  async down(): Promise<void> {}
}
