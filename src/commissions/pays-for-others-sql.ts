/**
 * SQL of whether a plan pays, or once paid, for what other partners earn.
 * @param planId expression of the plan's id; trusted text
 */
export function paysForOthersSql(planId: string): string {
  return `EXISTS (SELECT FROM commission_plan_versions v
                   WHERE v.plan_id = ${planId} AND v.strategies @> '[{"type": "sub_affiliate"}]')`;
}
