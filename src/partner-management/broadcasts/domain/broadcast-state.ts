/** States of a broadcast; the last four are final. */
export const BROADCAST_STATES = [
  'draft',
  'pending',
  'scheduled',
  'sending',
  'paused',
  'sent',
  'rejected',
  'expired',
  'cancelled',
] as const;
export type BroadcastState = (typeof BROADCAST_STATES)[number];

/**
 * What happens to a broadcast: its partner changes it, schedules it for followers or asks for more (`ask`), pauses,
 * resumes and cancels it; operators approve and reject; the rest comes with time.
 */
export const BROADCAST_ACTIONS = [
  'change',
  'schedule',
  'ask',
  'approve',
  'reject',
  'expire',
  'start',
  'pause',
  'resume',
  'finish',
  'cancel',
] as const;
export type BroadcastAction = (typeof BROADCAST_ACTIONS)[number];

/** The whole life of a broadcast: an action that is missing under a state is refused there (rule 9.2). */
const TRANSITIONS: Record<BroadcastState, Partial<Record<BroadcastAction, BroadcastState>>> = {
  draft: { change: 'draft', schedule: 'scheduled', ask: 'pending' },
  pending: { approve: 'scheduled', reject: 'rejected', expire: 'expired', cancel: 'cancelled' },
  scheduled: { start: 'sending', cancel: 'cancelled' },
  sending: { pause: 'paused', finish: 'sent', cancel: 'cancelled' },
  paused: { resume: 'sending', cancel: 'cancelled' },
  sent: {},
  rejected: {},
  expired: {},
  cancelled: {},
};

/** State after `action`, or null where it is refused. */
export function findNextBroadcastState(from: BroadcastState, action: BroadcastAction): BroadcastState | null {
  return TRANSITIONS[from][action] ?? null;
}

/** States from which `action` is allowed, and the one it leads to. */
export function broadcastMove(action: BroadcastAction): { from: BroadcastState[]; to: BroadcastState } {
  const from = BROADCAST_STATES.filter((state) => findNextBroadcastState(state, action) !== null);
  return { from, to: findNextBroadcastState(from[0]!, action)! };
}
