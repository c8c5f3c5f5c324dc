/** Where a piece of news stands: partners see the published ones whose time has come. */
export const NEWS_STATES = ['draft', 'published', 'archived'] as const;
export type NewsState = (typeof NEWS_STATES)[number];

export const NEWS_ACTIONS = ['publish', 'archive', 'delete'] as const;
export type NewsAction = (typeof NEWS_ACTIONS)[number];

/** What each action makes of each state; `deleted` is the end of it. What is not in here is refused. */
const TRANSITIONS: Readonly<Record<NewsAction, Partial<Record<NewsState, NewsState | 'deleted'>>>> = {
  // Publishing again moves the time.
  publish: { draft: 'published', published: 'published', archived: 'published' },
  archive: { published: 'archived' },
  // What partners have read is archived instead.
  delete: { draft: 'deleted' },
};

/** The state after the action; null when the state does not allow it. */
export function newsStateAfter(action: NewsAction, state: NewsState): NewsState | 'deleted' | null {
  return TRANSITIONS[action][state] ?? null;
}
