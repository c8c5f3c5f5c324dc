import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { contactOf, EventLog, type PartnerActor } from '../../identity/index.js';
import { Clock, idOfCursor, Ids, notFound, type Page, toPage, type Tx } from '../../platform/index.js';
import { Brands } from '../brands.service.js';
import {
  brandListed,
  type SameField,
  suggestedBefore,
  tooManySuggestions,
} from './brand-suggestions.errors.js';
import type { BrandSuggestion, SuggestionState } from './brand-suggestion.js';
import type { SuggestBrandDto } from './brand-suggestions.dto.js';
import { nameKeyOf, websiteKeyOf } from './domain/brand-key.js';

type Db = EntityManager | DataSource;

interface SuggestionFilter {
  partnerId?: string;
  state?: SuggestionState;
  limit: number;
  cursor?: string;
}

/** Of one partner, while nobody has looked at them. */
const MOST_PENDING = 50;

const SELECT = `
  SELECT s.id, s.partner_id AS "partnerId", p.name AS "partnerName", s.name, s.website, s.country, s.comment, s.state,
         s.brand_id AS "brandId", s.reason, s.suggested_at AS "suggestedAt", s.decided_at AS "decidedAt",
         (SELECT count(DISTINCT also.partner_id)::int FROM brand_suggestions also
           WHERE (also.website_key = s.website_key OR also.name_key = s.name_key) AND also.partner_id <> s.partner_id)
           AS "alsoSuggestedBy", contact.email
    FROM brand_suggestions s
    JOIN partners p ON p.id = s.partner_id
    LEFT JOIN LATERAL (${contactOf('p.id')}) contact ON true`;

/** Brands that partners suggest (T02). */
@Injectable()
export class BrandSuggestions {
  constructor(
    private readonly brands: Brands,
    private readonly events: EventLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError NOT_FOUND */
  async get(db: Db, id: string): Promise<BrandSuggestion> {
    const [suggestion] = await db.query<BrandSuggestion[]>(`${SELECT} WHERE s.id = $1`, [id]);
    if (!suggestion) throw notFound('brand suggestion');
    return suggestion;
  }

  /** A page of suggestions: the pending ones oldest first, so that nobody waits longer than needed; others newest first. */
  async list(db: Db, { partnerId, state, limit, cursor }: SuggestionFilter): Promise<Page<BrandSuggestion>> {
    const [order, behind] = state === 'pending' && !partnerId ? ['ASC', '>'] : ['DESC', '<'];
    const rows = await db.query<BrandSuggestion[]>(
      `${SELECT} WHERE ($1::uuid IS NULL OR s.partner_id = $1) AND ($2::text IS NULL OR s.state = $2)
          AND ($3::uuid IS NULL OR s.id ${behind} $3) ORDER BY s.id ${order} LIMIT $4`,
      [partnerId ?? null, state ?? null, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /**
   * Takes a suggestion, unless partners can choose the brand already or the same one waits.
   * @throws DomainError BRAND_ALREADY_LISTED, BRAND_ALREADY_SUGGESTED, TOO_MANY_SUGGESTIONS (409)
   */
  async suggest(tx: Tx, actor: PartnerActor, form: SuggestBrandDto): Promise<BrandSuggestion> {
    const keys = { name: nameKeyOf(form.name), website: websiteKeyOf(form.website) };
    await this.refuseListed(tx, keys);
    // Suggestions of one partner take turns, so that none is missing where they are counted.
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `brand suggestions ${actor.partnerId}`,
    ]);
    const id = this.ids.next();
    const taken = await tx.query<unknown[]>(
      `WITH waiting AS (SELECT count(*) AS count FROM brand_suggestions WHERE partner_id = $2 AND state = 'pending')
       INSERT INTO brand_suggestions (id, partner_id, name, website, name_key, website_key, country, comment, state, suggested_at)
       SELECT $1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9 FROM waiting WHERE count < ${MOST_PENDING}
       ON CONFLICT DO NOTHING RETURNING id`,
      [id, actor.partnerId, form.name, form.website, keys.name, keys.website, form.country ?? null,
       form.comment ?? null, this.clock.now()],
    ); // prettier-ignore
    if (taken.length === 0) throw await refusal(tx, actor.partnerId, keys);
    await this.events.record(tx, actor, {
      partnerId: actor.partnerId,
      type: 'brand_suggested',
      subjectId: id,
      data: { name: form.name },
    });
    return this.get(tx, id);
  }

  /** The catalogue is small enough to look through; its names and websites are compared as suggestions are. */
  private async refuseListed(tx: Tx, keys: Record<SameField, string>): Promise<void> {
    for (const brand of await this.brands.listed(tx)) {
      if (brand.website !== null && websiteKeyOf(brand.website) === keys.website)
        throw brandListed('website', brand);
      if (nameKeyOf(brand.name) === keys.name) throw brandListed('name', brand);
    }
  }
}

/** Why the suggestion was not taken. */
async function refusal(tx: Tx, partnerId: string, keys: Record<SameField, string>) {
  const [same] = await tx.query<{ id: string; name: string; suggestedAt: Date; websiteKey: string }[]>(
    `SELECT id, name, suggested_at AS "suggestedAt", website_key AS "websiteKey" FROM brand_suggestions
      WHERE partner_id = $1 AND state = 'pending' AND (name_key = $2 OR website_key = $3)
      ORDER BY website_key <> $3, id LIMIT 1`,
    [partnerId, keys.name, keys.website],
  );
  if (!same) return tooManySuggestions(MOST_PENDING);
  return suggestedBefore(same.websiteKey === keys.website ? 'website' : 'name', same);
}
