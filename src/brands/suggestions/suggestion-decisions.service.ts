import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog } from '../../identity/index.js';
import { Clock, invalidField, type Tx } from '../../platform/index.js';
import { Brands } from '../brands.service.js';
import { suggestionDecided } from './brand-suggestions.errors.js';
import type { BrandSuggestion } from './brand-suggestion.js';
import { BrandSuggestions } from './brand-suggestions.service.js';
import { SuggestionNews } from './suggestion-news.service.js';

interface Decision {
  state: 'accepted' | 'declined';
  brandId: string | null;
  reason: string | null;
}

/** The one decision that each suggested brand gets (T02). */
@Injectable()
export class SuggestionDecisions {
  constructor(
    private readonly suggestions: BrandSuggestions,
    private readonly brands: Brands,
    private readonly auditLog: AuditLog,
    private readonly news: SuggestionNews,
    private readonly clock: Clock,
  ) {}

  /**
   * Accepts, and names the brand that was made of it where there is one.
   * @throws DomainError NOT_FOUND, SUGGESTION_ALREADY_DECIDED (409), VALIDATION_FAILED (422) for a brand that
   *   partners cannot choose
   */
  async accept(tx: Tx, actor: Actor, id: string, brandId: string | null): Promise<BrandSuggestion> {
    if (brandId !== null && !(await this.brands.isListed(tx, brandId)))
      throw invalidField('brandId', 'is not a brand of the catalogue');
    return this.decide(tx, actor, id, { state: 'accepted', brandId, reason: null });
  }

  /** Declines, with a reason that is mailed. @throws DomainError NOT_FOUND, SUGGESTION_ALREADY_DECIDED (409) */
  decline(tx: Tx, actor: Actor, id: string, reason: string): Promise<BrandSuggestion> {
    return this.decide(tx, actor, id, { state: 'declined', brandId: null, reason });
  }

  private async decide(tx: Tx, actor: Actor, id: string, decision: Decision): Promise<BrandSuggestion> {
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE brand_suggestions SET state = $2, brand_id = $3, reason = $4, decided_at = $5, decided_by = $6
        WHERE id = $1 AND state = 'pending'`,
      [id, decision.state, decision.brandId, decision.reason, this.clock.now(), actor.userId],
    );
    const suggestion = await this.suggestions.get(tx, id);
    if (count === 0) throw suggestionDecided();
    await this.auditLog.record(tx, actor, {
      action: `brand_suggestion.${decision.state === 'accepted' ? 'accept' : 'decline'}`,
      subject: { type: 'brand_suggestion', id },
      partnerId: suggestion.partnerId,
      before: { state: 'pending' },
      after: { ...decision },
    });
    await this.news.tell(tx, actor, suggestion);
    return suggestion;
  }
}
