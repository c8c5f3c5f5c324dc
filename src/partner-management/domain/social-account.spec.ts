import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  normaliseCode,
  normaliseHandle,
  SOCIAL_ACCOUNT_STATES,
  type SocialAccountAction,
  type SocialAccountState,
  TRANSITIONS,
} from './social-account.js';

const ACTIONS = Object.keys(TRANSITIONS) as SocialAccountAction[];

/** States after each action; an action that the state does not allow changes nothing. */
function play(actions: readonly SocialAccountAction[]): SocialAccountState[] {
  const states: SocialAccountState[] = ['unverified'];
  for (const action of actions) {
    const { from, to } = TRANSITIONS[action];
    const now = states.at(-1)!;
    states.push(from.includes(now) ? to : now);
  }
  return states;
}

describe('T08 the states of a social account', () => {
  it('are all reached', () => {
    const reached = new Set(
      ACTIONS.flatMap((a) => ACTIONS.flatMap((b) => play([a, b]))).concat(play(['request'])),
    );
    expect([...reached].sort()).toEqual([...SOCIAL_ACCOUNT_STATES].sort());
  });

  it('verified comes out of pending only, and stays', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ACTIONS)), (actions) => {
        const states = play(actions);
        const first = states.indexOf('verified');
        if (first === -1) return;
        expect(states[first - 1]).toBe('pending');
        expect(new Set(states.slice(first))).toEqual(new Set(['verified']));
      }),
    );
  });
});

describe('T08 handles', () => {
  it.each([
    ['ann.reviews', 'ann.reviews'],
    [' @Ann.Reviews ', 'ann.reviews'],
    ['@@ann', 'ann'],
    ['@ ann', 'ann'],
    ['Ａｎｎ', 'ann'],
    ['ﬁona', 'fiona'],
    ['@', ''],
    [' \u00a0@ ', ''],
  ])('%j is kept as %j', (given, kept) => {
    expect(normaliseHandle(given)).toBe(kept);
  });

  it('have one spelling: doing it twice changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (handle) => {
        const once = normaliseHandle(handle);
        expect(normaliseHandle(once)).toBe(once);
      }),
    );
  });
});

describe('T08 codes', () => {
  it.each(['AB3DEF7H', 'ab3def7h', ' ab3d-ef7h\n', 'AB3D EF7H'])('%j is read as the same', (code) => {
    expect(normaliseCode(code)).toBe('AB3DEF7H');
  });
});
