import { describe, expect, it } from 'vitest';
import { BILL_ACTIONS, BILL_STATES, findNextBillState, statesAllowing } from './bill-state.js';
import type { BillAction, BillState } from './bill-state.js';

const EXPECTED: Record<BillState, Record<BillAction, BillState | null>> = {
  pending: { approve: 'paid', hold: 'on_hold', release: null, cancel: 'cancelled', correct: 'pending' },
  on_hold: { approve: 'paid', hold: 'on_hold', release: 'pending', cancel: 'cancelled', correct: 'on_hold' },
  paid: { approve: null, hold: null, release: null, cancel: null, correct: null },
  cancelled: { approve: null, hold: null, release: null, cancel: null, correct: null },
};

describe('A13 bill states', () => {
  const cases = BILL_STATES.flatMap((state) =>
    BILL_ACTIONS.map((action) => ({ state, action, next: EXPECTED[state][action] })),
  );

  it.each(cases)('$action on $state gives $next', ({ state, action, next }) => {
    expect(findNextBillState(state, action)).toBe(next);
  });

  it('reaches every state from pending', () => {
    const reached = new Set<BillState>(['pending']);
    for (const state of reached) {
      for (const action of BILL_ACTIONS) {
        const next = findNextBillState(state, action);
        if (next) reached.add(next);
      }
    }
    expect([...reached].sort()).toEqual([...BILL_STATES].sort());
  });

  it('names the states that allow an action', () => {
    expect(statesAllowing('release')).toEqual(['on_hold']);
    expect(statesAllowing('approve')).toEqual(['pending', 'on_hold']);
  });
});
