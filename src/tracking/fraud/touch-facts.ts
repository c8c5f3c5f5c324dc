import type { CodeFacts, VisitFacts } from './domain/fraud-rule.js';
import { placeOf } from './domain/place.js';

/** What a row tells of the visit or promo code that brought its player or order. */
export interface TouchRow {
  codeId: string | null;
  takenAt: Date | null;
  visitId: string | null;
  visitedAt: Date | null;
  address: string | null;
  userAgent: string | null;
  visitCountry: string | null;
  bot: boolean;
  datacenter: boolean;
}

/** SQL of a {@link TouchRow}'s columns, of a visit `v` and a promo code `c`. */
export const TOUCH_COLUMNS = `
  c.id AS "codeId", c.taken_at AS "takenAt", v.id AS "visitId", v.visited_at AS "visitedAt", host(v.ip) AS address,
  v.user_agent AS "userAgent", v.country AS "visitCountry", v.bot, v.datacenter`;

/** Who brought a player or order, by what tells something of it. */
export interface TouchFacts {
  /** Null without a visit, and where it came from an address that tells nothing. */
  readonly visit: Omit<VisitFacts, 'earlierPlayerIds'> | null;
  /** Null of what no promo code brought. */
  readonly code: CodeFacts | null;
}

/** The row with its touch in place of the columns of it. */
export function withTouch<R extends TouchRow>(row: R): Omit<R, keyof TouchRow> & TouchFacts {
  const { codeId, takenAt, visitId, visitedAt, address, userAgent, visitCountry, bot, datacenter, ...rest } =
    row;
  const place = placeOf(address);
  const visit =
    visitId && visitedAt && address && place
      ? { id: visitId, visitedAt, address, place, userAgent, country: visitCountry, bot, datacenter }
      : null;
  return { ...rest, visit, code: codeId && takenAt ? { id: codeId, takenAt } : null };
}
