import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs used to pass over credits of partners who earned nothing any more; they look at them again, from the last bill on. */
export class UnbilledCredits1763000000209 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      INSERT INTO fact_changes (campaign_id, partner_id, occurred_at)
      SELECT min(c.id::text)::uuid, bill.partner_id, max(bill.period_start)
        FROM billing_positions position
        JOIN bills bill USING (partner_id, plan_id, brand_id, currency)
        JOIN campaigns c ON c.partner_id = position.partner_id AND c.commission_plan_id = position.plan_id
       WHERE position.carry_minor > 0
       GROUP BY bill.partner_id, bill.plan_id
    `);
  }

  /** Looking again changes nothing where nothing is due. */
  async down(): Promise<void> {}
}
