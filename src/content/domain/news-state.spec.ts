import { describe, expect, it } from 'vitest';
import { NEWS_ACTIONS, NEWS_STATES, newsStateAfter } from './news-state.js';

describe('A21 the states of news', () => {
  it('are changed by these actions, and by no other', () => {
    const allowed = NEWS_ACTIONS.flatMap((action) =>
      NEWS_STATES.map((state) => `${state} ${action} ${newsStateAfter(action, state)}`),
    );
    expect(allowed).toEqual([
      'draft publish published',
      'published publish published',
      'archived publish published',
      'draft archive null',
      'published archive archived',
      'archived archive null',
      'draft delete deleted',
      'published delete null',
      'archived delete null',
    ]);
  });
});
