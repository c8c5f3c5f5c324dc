import { describe, expect, it } from 'vitest';
import {
  batchStatesAllowing,
  findNextBatchState,
  PAYOUT_BATCH_ACTIONS,
  PAYOUT_BATCH_STATES,
  type PayoutBatchAction,
  type PayoutBatchState,
} from './payout-batch-state.js';
import {
  findNextLineState,
  LIVE_LINE_STATES,
  PAYOUT_LINE_ACTIONS,
  PAYOUT_LINE_STATES,
  type PayoutLineAction,
  type PayoutLineState,
} from './payout-line-state.js';

/** In the order of the actions; `-` is refused. */
const BATCHES: Record<PayoutBatchState, string> = {
  //         approve  export hand_over attempt accept refuse deny settle cancel
  draft: 'approved - - - - - - - cancelled',
  approved: '- sent sending - - - - - cancelled',
  sending: '- - - unknown - - - - cancelled',
  unknown: '- - - unknown sent approved - settled -',
  sent: '- sent - - - - cancelled settled -',
  settled: '- settled - - - - - - -',
  cancelled: '- - - - - - - - -',
};

const LINES: Record<PayoutLineState, string> = {
  //       send attempt accept refuse succeed fail release
  pending: 'sent unknown - - - - cancelled',
  sent: '- - - - succeeded failed cancelled',
  unknown: '- unknown sent pending succeeded failed -',
  succeeded: '- - - - - - -',
  failed: '- - - - - - -',
  cancelled: '- - - - - - -',
};

function table<S extends string, A extends string>(rows: Record<S, string>, actions: readonly A[]) {
  return Object.entries<string>(rows).flatMap(([state, row]) =>
    row.split(' ').map((next, index) => ({
      state: state as S,
      action: actions[index]!,
      next: next === '-' ? null : (next as S),
    })),
  );
}

function reachable<S extends string, A extends string>(
  start: S,
  actions: readonly A[],
  next: (from: S, action: A) => S | null,
): S[] {
  const reached = new Set<S>([start]);
  for (const state of reached) {
    for (const action of actions) {
      const to = next(state, action);
      if (to) reached.add(to);
    }
  }
  return [...reached].sort();
}

describe('B09 states of a payout batch', () => {
  const cases = table<PayoutBatchState, PayoutBatchAction>(BATCHES, PAYOUT_BATCH_ACTIONS);

  it('says of every state what every action does', () => {
    expect(cases).toHaveLength(PAYOUT_BATCH_STATES.length * PAYOUT_BATCH_ACTIONS.length);
  });

  it.each(cases)('$action on $state gives $next', ({ state, action, next }) => {
    expect(findNextBatchState(state, action)).toBe(next);
    expect(batchStatesAllowing(action).includes(state)).toBe(next !== null);
  });

  it('reaches every state from draft', () => {
    expect(reachable('draft', PAYOUT_BATCH_ACTIONS, findNextBatchState)).toEqual(
      [...PAYOUT_BATCH_STATES].sort(),
    );
  });

  it('pays no second way while it is not known whether the provider pays', () => {
    for (const action of ['export', 'hand_over', 'cancel'] as const) {
      expect(findNextBatchState('unknown', action)).toBeNull();
    }
  });
});

describe('B09 states of a line', () => {
  const cases = table<PayoutLineState, PayoutLineAction>(LINES, PAYOUT_LINE_ACTIONS);

  it('says of every state what every action does', () => {
    expect(cases).toHaveLength(PAYOUT_LINE_STATES.length * PAYOUT_LINE_ACTIONS.length);
  });

  it.each(cases)('$action on $state gives $next', ({ state, action, next }) => {
    expect(findNextLineState(state, action)).toBe(next);
  });

  it('reaches every state from pending, and ends in three', () => {
    expect(reachable('pending', PAYOUT_LINE_ACTIONS, findNextLineState)).toEqual(
      [...PAYOUT_LINE_STATES].sort(),
    );
    expect(LIVE_LINE_STATES).toEqual(['pending', 'sent', 'unknown']);
  });
});
