/** The campaigns that facts are read of: those on a commission plan, or all of a brand. */
export type CampaignScope = { readonly planId: string } | { readonly brandId: string };

/** The condition on `campaigns c` for the scope, with its value as the first parameter. */
export function inScope(scope: CampaignScope): { readonly condition: string; readonly value: string } {
  return 'planId' in scope
    ? { condition: 'c.commission_plan_id = $1', value: scope.planId }
    : { condition: 'c.brand_id = $1', value: scope.brandId };
}
