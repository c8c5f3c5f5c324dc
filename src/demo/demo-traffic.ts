import type { DemoClient } from './demo-client.js';
import type { DemoClock } from './demo-clock.js';

const HOUR_MS = 3_600_000;

/** Releases of the browser that visitors have: who comes twice on a day is one visitor. */
const OLDEST_BROWSER = 100;
const BROWSERS = 40;

/** A tracking link at work, with the players it has brought so far. */
export interface Promotion {
  code: string;
  key: { authKey: string; secret: string };
  currency: string;
  clicksADay: number;
  players: string[];
}

/** Numbers that look like chance and are the same at every first start. */
function draw(seed: number, below: number): number {
  return Math.floor((Math.abs(Math.sin(seed * 12.9898) * 43_758.5453) % 1) * below);
}

/** Plays one day: clicks through the tracking links, then what the brands' servers report of it. */
export async function playDay(
  visitor: DemoClient,
  clock: DemoClock,
  promotions: Promotion[],
  day: number,
): Promise<void> {
  const morning = clock.now();
  for (const [index, promotion] of promotions.entries()) {
    const seed = day * 100 + index;
    const clicks = Math.max(1, Math.round(promotion.clicksADay * (0.6 + draw(seed, 80) / 100)));
    const visits: string[] = [];
    for (const hour of [1, 9, 14, 19]) {
      clock.set(new Date(morning.getTime() + hour * HOUR_MS + index * 60_000));
      const clickNow = (_: unknown, click: number): Promise<string> => {
        const query = `clickid=${day}-${hour}-${click}&source=newsletter`;
        return visitor.click(promotion.code, query, OLDEST_BROWSER + draw(seed + hour + click, BROWSERS));
      };
      visits.push(...(await Promise.all(Array.from({ length: Math.ceil(clicks / 4) }, clickNow))));
    }
    await reportPlayers(visitor, promotion, visits, morning, seed);
    await reportActivity(visitor, promotion, morning, seed);
  }
}

/** About one visitor in fifteen signs up. */
async function reportPlayers(
  visitor: DemoClient,
  promotion: Promotion,
  visits: string[],
  morning: Date,
  seed: number,
): Promise<void> {
  const players = visits
    .filter((_, index) => (seed + index) % 15 === 0)
    .map((tag) => ({
      tag,
      user_id: `player-${tag.slice(-12)}`,
      country: ['DE', 'FR', 'IE', 'CA'][draw(seed, 4)],
      sign_up_at: new Date(morning.getTime() + 21 * HOUR_MS).toISOString(),
    }));
  if (players.length === 0) return;
  await visitor.sync('players', promotion.key, { players });
  promotion.players.push(...players.map(({ user_id }) => user_id));
}

/** Every player plays on about every third day. */
async function reportActivity(
  visitor: DemoClient,
  promotion: Promotion,
  morning: Date,
  seed: number,
): Promise<void> {
  const from = new Date(morning.getTime() + 22 * HOUR_MS);
  const to = new Date(from.getTime() + HOUR_MS);
  const items = promotion.players
    .map((player, index) => ({ player, chance: seed * 7 + index }))
    .filter(({ chance }) => draw(chance, 3) === 0)
    .map(({ player, chance }) => activityOf(player, promotion.currency, from, chance));
  if (items.length === 0) return;
  await visitor.sync('activity', promotion.key, { from: from.toISOString(), to: to.toISOString(), items });
}

/** Deposits of 20 to 120, bets a multiple of them, wins around nine tenths of the bets. */
function activityOf(player: string, currency: string, from: Date, chance: number): object {
  const depositMinor = 2_000 + draw(chance, 100) * 100;
  const betsMinor = depositMinor * (2 + draw(chance + 1, 5));
  return {
    user_id: player,
    currency,
    deposits: [
      {
        deposit_id: `deposit-${player}-${from.toISOString().slice(0, 10)}`,
        amount_cents: String(depositMinor),
        processed_at: from.toISOString(),
      },
    ],
    bets_sum_cents: String(betsMinor),
    wins_sum_cents: String(Math.floor((betsMinor * (70 + draw(chance + 2, 45))) / 100)),
    casino_bets_count: String(10 + draw(chance + 3, 90)),
    bonus_issues_sum_cents: String(draw(chance + 4, 4) * 250),
  };
}
