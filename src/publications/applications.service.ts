import { Injectable } from '@nestjs/common';
import { Brands } from '../brands/index.js';
import type { PartnerActor } from '../identity/index.js';
import { Clock, Ids, notFound, type Tx } from '../platform/index.js';
import { Creators } from './creators.service.js';
import { firstStep, timesOf } from './domain/publication-state.js';
import { getOffer, type Offer } from './offers/offer-rows.js';
import { offerStateConflict } from './offers/offers.errors.js';
import { PublicationBook } from './publication-book.js';
import { PublicationNews } from './publication-news.service.js';
import { getPublication, type Publication, selectPublications } from './publication-rows.js';
import { alreadyTakingPart, offerFull, rejectedBefore } from './publications.errors.js';

/** Has creators take part in offers: a publication begins in the first step that the offer asks for (T04, T05). */
@Injectable()
export class Applications {
  constructor(
    private readonly brands: Brands,
    private readonly creators: Creators,
    private readonly book: PublicationBook,
    private readonly news: PublicationNews,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Begins the creator's publication for an open offer. One that is overdue may be begun anew; one that was rejected
   * may not.
   * @param socialAccountId where it is to be published; the first verified account that fits when absent
   * @throws DomainError NOT_FOUND, OFFER_STATE_CONFLICT, ALREADY_TAKING_PART, REJECTED_BEFORE, OFFER_FULL (409),
   *   NOT_ELIGIBLE (422) with every reason
   */
  async apply(
    tx: Tx,
    actor: PartnerActor,
    offerId: string,
    socialAccountId: string | undefined,
  ): Promise<Publication> {
    // Creators take turns at an offer, so that places are counted exactly.
    const offer = await getOffer(tx, null, offerId, 'FOR NO KEY UPDATE');
    await this.assertOpen(tx, offer);
    await assertFirstTry(tx, actor.partnerId, offerId);
    const account = await this.creators.accountFor(tx, actor.partnerId, offer, socialAccountId);
    await assertPlace(tx, offer);
    const id = this.ids.next();
    const now = this.clock.now();
    const step = firstStep(offer);
    const { deadlineAt } = timesOf(step, offer, now);
    await tx.query(
      `INSERT INTO publications (id, offer_id, brand_id, partner_id, social_account_id, platform, step, step_at,
                                 deadline_at, declines, reward_minor, currency, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $8)`,
      [
        id,
        offerId,
        offer.brandId,
        actor.partnerId,
        account.id,
        account.platform,
        step,
        now,
        deadlineAt,
        offer.publicationReward?.minor.toString() ?? null,
        offer.currency,
      ],
    );
    const mover = { side: 'partner', actor } as const;
    const entry = { publicationId: id, partnerId: actor.partnerId, from: null, to: step, reason: null };
    await this.book.record(tx, mover, { ...entry, action: 'apply' });
    const publication = await getPublication(tx, {}, id);
    await this.news.tellStarted(tx, mover, publication);
    return publication;
  }

  private async assertOpen(tx: Tx, { state, brandId }: Offer): Promise<void> {
    if (state === 'draft') throw notFound('offer');
    if (state === 'closed') throw offerStateConflict(state, 'nobody can take part any more');
    const brand = await this.brands.get(tx, brandId);
    if (brand.state !== 'active') throw notFound('offer');
  }
}

async function assertFirstTry(tx: Tx, partnerId: string, offerId: string): Promise<void> {
  const [earlier] = await selectPublications(
    tx,
    `WHERE p.offer_id = $1 AND p.partner_id = $2 AND p.step <> 'overdue'`,
    [offerId, partnerId],
  );
  if (!earlier) return;
  throw earlier.step === 'rejected' ? rejectedBefore(earlier.id) : alreadyTakingPart(earlier.id);
}

async function assertPlace(tx: Tx, { id, capacity }: Offer): Promise<void> {
  if (capacity === null) return;
  const [{ taken }] = await tx.query<[{ taken: number }]>(
    `SELECT count(*)::int AS taken FROM publications WHERE offer_id = $1 AND step NOT IN ('rejected', 'overdue')`,
    [id],
  );
  if (taken >= capacity) throw offerFull(capacity);
}
