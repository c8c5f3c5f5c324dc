import type pg from 'pg';
import { Clock, Ids } from '../../src/platform/index.js';
import type { TrackingScene } from '../support/tracking-scene.js';

const HOUR_MS = 3_600_000;
const MEASURES = ['bets_sum', 'wins_sum', 'casino_bets_count', 'bonus_issues_sum', 'taxes_sum', 'payment_system_fees_sum', 'game_provider_fees_sum', 'jackpot_fees_sum'] as const; // prettier-ignore
const COLUMNS = ['player_id', 'interval_from', 'interval_to', 'currency', 'partner_id', 'brand_id', 'campaign_id', 'promo_id', ...MEASURES]; // prettier-ignore
const TYPES = ['uuid', 'timestamptz', 'timestamptz', 'text', 'uuid', 'uuid', 'uuid', 'uuid', ...MEASURES.map(() => 'bigint')]; // prettier-ignore

export interface Player {
  id: string;
  externalId: string;
}

interface Row {
  player: Player;
  values: number[];
}

/** What players did in an hour. */
export interface Batch {
  from: Date;
  to: Date;
  rows: Row[];
}

/** Puts players of the scene's promo into the database. */
export async function makePlayers(client: pg.Client, scene: TrackingScene, count: number): Promise<Player[]> {
  const ids = new Ids(new Clock());
  const players = Array.from({ length: count }, (_, index) => ({
    id: ids.next(),
    externalId: `player-${index}`,
  }));
  await client.query(
    `INSERT INTO players (id, brand_id, external_id, visit_id, promo_id, campaign_id, partner_id, profile, query,
                          signed_up_at, created_at)
     SELECT id, $2, external_id, gen_random_uuid(), $3, $4, $5, '{}', '{"clickid":"c-1"}', '2026-01-01', now()
       FROM json_to_recordset($1) AS player (id uuid, external_id text)`,
    [
      JSON.stringify(players.map(({ id, externalId }) => ({ id, external_id: externalId }))),
      scene.brandId,
      scene.promos[0]!.id,
      scene.campaignId,
      scene.partnerId,
    ],
  );
  await client.query('VACUUM ANALYZE players');
  return players;
}

/** Something that each of the players did in the hour, counted from the beginning of 2026. */
export function playedIn(hour: number, players: readonly Player[]): Batch {
  const from = new Date(Date.UTC(2026, 0, 1, hour));
  const rows = players.map((player, index) => ({
    player,
    values: MEASURES.map((_, measure) => 1_000 + ((index * 7919 + measure * 104_729 + hour) % 100_000)),
  }));
  return { from, to: new Date(from.getTime() + HOUR_MS), rows };
}

/** The rows as a brand reports them. */
export function itemsOf({ rows }: Batch): object[] {
  return rows.map(({ player, values }) => ({
    user_id: player.externalId,
    currency: 'EUR',
    ...Object.fromEntries(
      MEASURES.map((name, index) => [
        name.endsWith('_count') ? name : `${name}_cents`,
        String(values[index]),
      ]),
    ),
  }));
}

/** A prepared statement that writes the batch at once, with its parameters: nothing is faster row by row. */
export function upsertOf({ from, to, rows }: Batch, scene: TrackingScene): pg.QueryConfig {
  const column = (pick: (row: Row) => string | number): string => `{${rows.map(pick).join(',')}}`;
  return {
    name: 'upsert',
    text: `INSERT INTO player_activity (${COLUMNS.join(', ')})
           SELECT * FROM unnest(${TYPES.map((type, index) => `$${index + 1}::${type}[]`).join(', ')})
           ON CONFLICT (player_id, interval_from, interval_to, currency)
           DO UPDATE SET ${MEASURES.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    values: [
      column(({ player }) => player.id),
      column(() => `"${from.toISOString()}"`),
      column(() => `"${to.toISOString()}"`),
      column(() => 'EUR'),
      column(() => scene.partnerId),
      column(() => scene.brandId),
      column(() => scene.campaignId),
      column(() => scene.promos[0]!.id),
      ...MEASURES.map((_, index) => column(({ values }) => values[index]!)),
    ],
  };
}
