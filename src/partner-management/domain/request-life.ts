/** What partners ask operators for. */
export const REQUEST_KINDS = ['partnership', 'add_on', 'broadcast', 'ad_package', 'ad'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

export const REQUEST_STATES = ['pending', 'approved', 'rejected', 'cancelled', 'expired'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** Where requests end: history. */
export const CLOSED_STATES = [
  'approved',
  'rejected',
  'cancelled',
  'expired',
] as const satisfies RequestState[];

/**
 * The one life of all requests (rules §9.1): who may do what, from which state to which. What is not in here cannot be
 * done; so a request is decided once.
 */
export const REQUEST_LIFE = {
  approve: { by: 'operator', from: 'pending', to: 'approved' },
  reject: { by: 'operator', from: 'pending', to: 'rejected' },
  cancel: { by: 'partner', from: 'pending', to: 'cancelled' },
  expire: { by: 'program', from: 'pending', to: 'expired' },
} as const satisfies Record<string, { by: string; from: RequestState; to: RequestState }>;

export type RequestAction = keyof typeof REQUEST_LIFE;

/** The state of a request after the action; null where the action is refused. */
export function stateAfter(state: RequestState, action: RequestAction): RequestState | null {
  const { from, to } = REQUEST_LIFE[action];
  return state === from ? to : null;
}

/**
 * Whether a partner in that state may ask for something of the kind (rules §9.2): for a partnership also one that waits
 * or was rejected, for the rest active ones only.
 */
export function mayAskFor(kind: RequestKind, partnerState: string): boolean {
  return (
    partnerState === 'active' || (kind === 'partnership' && ['pending', 'rejected'].includes(partnerState))
  );
}

/**
 * Whether a partner in that state may be given what it has asked for (rules §9.2): a package also one that waits or is
 * suspended, the rest active ones only.
 */
export function mayBeGiven(kind: RequestKind, partnerState: string): boolean {
  return kind === 'partnership' || partnerState === 'active';
}
