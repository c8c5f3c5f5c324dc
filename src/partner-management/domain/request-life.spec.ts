import { describe, expect, it } from 'vitest';
import {
  CLOSED_STATES,
  mayAskFor,
  mayBeGiven,
  REQUEST_KINDS,
  REQUEST_LIFE,
  REQUEST_STATES,
  type RequestAction,
  stateAfter,
} from './request-life.js';

const ACTIONS = Object.keys(REQUEST_LIFE) as RequestAction[];

describe('the life of requests', () => {
  it('leads from pending to each end, and on from none', () => {
    expect(ACTIONS.map((action) => stateAfter('pending', action))).toEqual([...CLOSED_STATES]);
    for (const state of REQUEST_STATES.filter((one) => one !== 'pending')) {
      for (const action of ACTIONS) expect(stateAfter(state, action), `${state} ${action}`).toBeNull();
    }
  });

  it('begins for active partners only, but for a partnership', () => {
    for (const kind of REQUEST_KINDS) {
      expect(mayAskFor(kind, 'active')).toBe(true);
      expect(mayAskFor(kind, 'suspended')).toBe(false);
      expect(mayAskFor(kind, 'erased')).toBe(false);
      expect(mayAskFor(kind, 'rejected')).toBe(kind === 'partnership');
      expect(mayAskFor(kind, 'pending')).toBe(kind === 'partnership');
    }
  });

  it('waits while its partner is suspended, but for a partnership', () => {
    for (const kind of REQUEST_KINDS) {
      expect(mayBeGiven(kind, 'active')).toBe(true);
      expect(mayBeGiven(kind, 'suspended')).toBe(kind === 'partnership');
    }
  });
});
