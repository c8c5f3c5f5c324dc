import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ACTIVITY_COLUMNS } from '../commissions/index.js';
import { decodeCursor, invalidCursor, type Page, toPage } from '../platform/index.js';
import type { PromoPeriod } from './line-facts.service.js';

/** Something that happened to a player in a period, or was corrected since. */
export interface PlayerEvent {
  readonly kind: 'registration' | 'activity' | 'deposit' | 'correction';
  readonly at: Date;
  /** End of the interval, where it has one. */
  readonly until: Date | null;
  /** Columns of activity that are not zero, or a deposit's `amount_minor`: minor units and counts, as texts. */
  readonly figures: Readonly<Record<string, string>> | null;
  /** What a correction changed, and into what; `after` is null where it took something away. */
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly correctedAt: Date | null;
}

interface EventRow extends PlayerEvent {
  readonly key: string;
}

const FIGURES = `jsonb_strip_nulls(jsonb_build_object(${ACTIVITY_COLUMNS.map((column) => `'${column}', nullif(${column}, 0)::text`).join(', ')}))`;

/** Everything of one player in $2 to $3, each event with a key of its own. */
const EVENTS = `
  SELECT 'registration' AS kind, signed_up_at AS at, NULL::timestamptz AS until, id::text AS key, NULL::jsonb AS figures,
         NULL::jsonb AS before, NULL::jsonb AS after, NULL::timestamptz AS corrected_at
    FROM players WHERE id = $1 AND signed_up_at >= $2 AND signed_up_at < $3
  UNION ALL
  SELECT 'activity', interval_from, interval_to, interval_to::text || currency, ${FIGURES}, NULL, NULL, NULL
    FROM player_activity WHERE player_id = $1 AND interval_from >= $2 AND interval_from < $3
  UNION ALL
  SELECT 'deposit', processed_at, NULL, md5(external_id), jsonb_build_object('amount_minor', amount_minor::text), NULL, NULL,
         NULL
    FROM deposits WHERE player_id = $1 AND processed_at >= $2 AND processed_at < $3
  UNION ALL
  SELECT 'correction', interval_from, interval_to, lpad(id::text, 20, '0'), NULL, before, after, corrected_at
    FROM activity_corrections WHERE player_id = $1 AND interval_from >= $2 AND interval_from < $3`;

/** The events behind a player's part of a line (B03). */
@Injectable()
export class LineEvents {
  /**
   * What the player did in the period, in order of time; none when it is not a player of the promo.
   * @throws DomainError INVALID_CURSOR (400)
   */
  async list(
    db: EntityManager,
    { partnerId, campaignId, promoId, from, to }: PromoPeriod,
    playerId: string,
    { limit, cursor }: { limit: number; cursor?: string },
  ): Promise<Page<PlayerEvent>> {
    const [at, kind, key] = placeOf(cursor);
    const rows = await db.query<EventRow[]>(
      `SELECT kind, at, until, figures, before, after, corrected_at AS "correctedAt", key
         FROM (${EVENTS}) event
        WHERE EXISTS (SELECT FROM players WHERE id = $1 AND partner_id = $4 AND campaign_id = $5 AND promo_id = $6)
          AND ($7::timestamptz IS NULL OR (at, kind, key COLLATE "C") > ($7::timestamptz, $8::text, $9::text))
        ORDER BY at, kind, key COLLATE "C" LIMIT $10`,
      [playerId, from, to, partnerId, campaignId, promoId, at, kind, key, limit + 1],
    );
    const page = toPage(rows, limit, (row) => [row.at.toISOString(), row.kind, row.key]);
    return { ...page, items: page.items.map(({ key: _key, ...event }) => event) };
  }
}

/** The place that a cursor names; nulls for the first page. */
function placeOf(cursor: string | undefined): [Date, string, string] | [null, null, null] {
  if (cursor === undefined) return [null, null, null];
  const [time = '', kind = '', key = ''] = decodeCursor(cursor, 3);
  if (Number.isNaN(Date.parse(time)) || !/^[a-z]+$/.test(kind) || !/^[\w:+. -]{1,80}$/.test(key))
    throw invalidCursor();
  return [new Date(time), kind, key];
}
