import { describe, expect, it } from 'vitest';
import {
  BROADCAST_ACTIONS,
  BROADCAST_STATES,
  broadcastMove,
  type BroadcastState,
  findNextBroadcastState,
} from './broadcast-state.js';

/** Every step that there is. */
const STEPS = [
  'draft -change-> draft',
  'draft -schedule-> scheduled',
  'draft -ask-> pending',
  'pending -approve-> scheduled',
  'pending -reject-> rejected',
  'pending -expire-> expired',
  'pending -cancel-> cancelled',
  'scheduled -start-> sending',
  'scheduled -cancel-> cancelled',
  'sending -pause-> paused',
  'sending -finish-> sent',
  'sending -cancel-> cancelled',
  'paused -resume-> sending',
  'paused -cancel-> cancelled',
];

describe('O04 states of a broadcast', () => {
  it('allows these steps, and no other of all states and actions', () => {
    const found = BROADCAST_STATES.flatMap((state) =>
      BROADCAST_ACTIONS.map((action) => ({ state, action, next: findNextBroadcastState(state, action) })),
    );
    expect(
      found.filter(({ next }) => next).map(({ state, action, next }) => `${state} -${action}-> ${next}`),
    ).toEqual(STEPS);
  });

  it('reaches every state from a draft', () => {
    const reached = new Set<BroadcastState>(['draft']);
    for (const state of reached) {
      for (const action of BROADCAST_ACTIONS) reached.add(findNextBroadcastState(state, action) ?? state);
    }
    expect([...reached].sort()).toEqual([...BROADCAST_STATES].sort());
  });

  it('leads by each action to one state, wherever it comes from', () => {
    for (const action of BROADCAST_ACTIONS) {
      const { from, to } = broadcastMove(action);
      expect(new Set(from.map((state) => findNextBroadcastState(state, action)))).toEqual(new Set([to]));
    }
  });
});
