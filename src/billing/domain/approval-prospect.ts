/**
 * What approving a bill would come to: it is `paid`, or approved the first of two times, or refused because it is
 * `held`, because the `same_operator` approved it the first time, or because its partner is erased.
 */
export const APPROVAL_PROSPECTS = [
  'paid',
  'approved_once',
  'held',
  'same_operator',
  'partner_erased',
] as const;
export type ApprovalProspect = (typeof APPROVAL_PROSPECTS)[number];

/** A bill that is not final, as far as its approval needs it. Amounts in minor units of one currency. */
export interface BillToApprove {
  readonly payableMinor: bigint;
  /** Above it two operators are needed; null for no limit. */
  readonly limitMinor: bigint | null;
  /** Who approved it the first time; null when nobody did. */
  readonly approvedOnceBy: string | null;
  /** Whether it is paid in a coin by a rate that the operator entered: then every amount is above a limit. */
  readonly isAtOwnRate: boolean;
}

/** What comes of an operator's approval by the rule of two operators. */
export function approvalProspect(
  { payableMinor, limitMinor, approvedOnceBy, isAtOwnRate }: BillToApprove,
  operatorId: string,
): Exclude<ApprovalProspect, 'held' | 'partner_erased'> {
  if (limitMinor === null || payableMinor <= (isAtOwnRate ? 0n : limitMinor)) return 'paid';
  if (approvedOnceBy === null) return 'approved_once';
  return approvedOnceBy === operatorId ? 'same_operator' : 'paid';
}
