/** A confirmed render, as its token tells it. */
export interface Render {
  tokenId: string;
  campaignId: string;
  adId: string;
  /** The ad's revision that was given out. */
  revision: number;
  bot: boolean;
}

/** How things stand for a batch of renders, under the locks of their campaigns. */
export interface RenderStanding {
  /** Impressions that each launched campaign still holds, by its id. */
  left: ReadonlyMap<string, number>;
  /** Revision of each ad that may be shown now, by its id: approved, and of an active partner. */
  revisions: ReadonlyMap<string, number>;
  /** Tokens that were confirmed before. */
  known: ReadonlySet<string>;
}

/** What becomes of a render; only `COUNTED` takes an impression. */
export const RENDER_OUTCOMES = [
  'COUNTED',
  'REPEATED',
  'BOT',
  'NOT_SHOWN_ANY_MORE',
  'NO_IMPRESSIONS_LEFT',
] as const;
export type RenderOutcome = (typeof RENDER_OUTCOMES)[number];

/**
 * Decides a batch of renders in their order: each token counts once, and a campaign takes no more than it holds.
 * A render of an ad that may not be shown any more as it was given out, or of a campaign that has ended, counts nothing.
 */
export function decideRenders(renders: readonly Render[], standing: RenderStanding): RenderOutcome[] {
  const left = new Map(standing.left);
  const seen = new Set(standing.known);
  return renders.map(({ tokenId, campaignId, adId, revision, bot }) => {
    if (seen.has(tokenId)) return 'REPEATED';
    const held = left.get(campaignId);
    if (held === undefined || standing.revisions.get(adId) !== revision) return 'NOT_SHOWN_ANY_MORE';
    if (!bot && held === 0) return 'NO_IMPRESSIONS_LEFT';
    seen.add(tokenId);
    if (bot) return 'BOT';
    left.set(campaignId, held - 1);
    return 'COUNTED';
  });
}
