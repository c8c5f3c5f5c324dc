/** States of an ad: only an approved one is shown. */
export const AD_STATES = ['draft', 'pending', 'approved', 'rejected', 'archived'] as const;
export type AdState = (typeof AD_STATES)[number];

/** What may happen to an ad, and where it leads from which state; what is not here is refused (rule 9.2). */
export const AD_TRANSITIONS = {
  /** The partner asks for its approval. */
  submit: { draft: 'pending', rejected: 'pending' },
  /** The partner takes the request for approval back. */
  withdraw: { pending: 'draft' },
  approve: { pending: 'approved' },
  reject: { pending: 'rejected' },
  /** An operator stops an approved ad. */
  takeDown: { approved: 'rejected' },
  /** The partner changes what viewers see: an approved ad waits for approval again, and is not shown meanwhile. */
  change: { draft: 'draft', rejected: 'rejected', approved: 'pending' },
  archive: { draft: 'archived', rejected: 'archived', approved: 'archived' },
} as const satisfies Record<string, Partial<Record<AdState, AdState>>>;

export type AdAction = keyof typeof AD_TRANSITIONS;

/** The state that the action leads to, or null when it is refused in this one. */
export function adStateAfter(state: AdState, action: AdAction): AdState | null {
  const transitions: Partial<Record<AdState, AdState>> = AD_TRANSITIONS[action];
  return transitions[state] ?? null;
}
