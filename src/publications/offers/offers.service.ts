import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Brands } from '../../brands/index.js';
import { type Actor, AuditLog, type BrandActor } from '../../identity/index.js';
import {
  Clock,
  Conditions,
  idOfCursor,
  Ids,
  invalidField,
  Money,
  type Page,
  toPage,
  type Tx,
} from '../../platform/index.js';
import { PromoCodePools } from '../../tracking/index.js';
import { fixedFields, type OfferState, payFaults, type PricingModel } from '../domain/offer-terms.js';
import { OfferLandings } from './offer-landings.service.js';
import { getOffer, type Offer, offerInAudit, selectOffers } from './offer-rows.js';
import { offerInvalid, offerStateConflict } from './offers.errors.js';

type Db = EntityManager | DataSource;

/** An amount as a client writes it. */
interface WrittenMoney {
  amount: string;
  currency: string;
}

/** What an offer is made of, as a client gives it. */
export interface OfferInput {
  title: string;
  description: string;
  pricingModel: PricingModel;
  publicationReward?: WrittenMoney | null;
  orderReward?: WrittenMoney | null;
  goods?: string | null;
  requiresModeration?: boolean;
  contentReviewRequired?: boolean;
  contentDays?: number;
  publicationDays?: number;
  autoConfirm?: boolean;
  followerDiscount?: string | null;
  followerDiscountPercent?: number | null;
  countries?: string[];
  platforms?: string[];
  capacity?: number | null;
  promoCodePoolId?: string | null;
  landingId?: string | null;
}

/** By what an open offer pays for orders. */
export interface OrderPay {
  promoCodePoolId: string;
  landingId: string;
  commissionPlanId: string;
}

export interface OfferFilter {
  brandId?: string;
  state?: OfferState;
  pricingModel?: PricingModel;
  limit: number;
  cursor?: string;
}

const DEFAULT_DAYS = { contentDays: 7, publicationDays: 14 };

/** What brands offer creators: drafts that they change, open offers that creators take part in (T04). */
@Injectable()
export class Offers {
  constructor(
    private readonly brands: Brands,
    private readonly landings: OfferLandings,
    private readonly pools: PromoCodePools,
    private readonly audit: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** The offer, of that brand unless null. @throws DomainError NOT_FOUND, also for another brand's */
  get(db: Db, brandId: string | null, id: string): Promise<Offer> {
    return getOffer(db, brandId, id);
  }

  /** A page of offers, newest first. */
  async list(db: Db, filter: OfferFilter): Promise<Page<Offer>> {
    const conditions = new Conditions();
    conditions.add('o.brand_id = ?', filter.brandId);
    conditions.add('o.state = ?', filter.state);
    conditions.add('o.pricing_model = ?', filter.pricingModel);
    conditions.add('o.id < ?', idOfCursor(filter.cursor));
    const offers = await selectOffers(
      db,
      `WHERE ${conditions.sql} ORDER BY o.id DESC LIMIT ${filter.limit + 1}`,
      conditions.parameters,
    );
    return toPage(offers, filter.limit, ({ id }) => [id]);
  }

  /**
   * Drafts an offer of the brand; creators see it once it is open.
   * @throws DomainError VALIDATION_FAILED (422) naming the fields that its pricing model lacks or has no use for
   */
  async draft(tx: Tx, actor: BrandActor, input: OfferInput): Promise<Offer> {
    const { currency } = await this.brands.get(tx, actor.brandId);
    const offer: Offer = {
      id: this.ids.next(),
      brandId: actor.brandId,
      title: input.title,
      description: input.description,
      state: 'draft',
      pricingModel: input.pricingModel,
      currency,
      publicationReward: rewardOf('publicationReward', input.publicationReward, currency),
      orderReward: rewardOf('orderReward', input.orderReward, currency),
      goods: input.goods ?? null,
      requiresModeration: input.requiresModeration ?? false,
      contentReviewRequired: input.contentReviewRequired ?? false,
      contentDays: input.contentDays ?? DEFAULT_DAYS.contentDays,
      publicationDays: input.publicationDays ?? DEFAULT_DAYS.publicationDays,
      autoConfirm: input.autoConfirm ?? true,
      followerDiscount: input.followerDiscount ?? null,
      followerDiscountPercent: input.followerDiscountPercent ?? null,
      countries: input.countries ?? [],
      platforms: input.platforms ?? [],
      capacity: input.capacity ?? null,
      promoCodePoolId: input.promoCodePoolId ?? null,
      landingId: input.landingId ?? null,
      commissionPlanId: null,
      createdAt: this.clock.now(),
      openedAt: null,
      closedAt: null,
    };
    await this.assertWhole(tx, null, offer);
    await tx.query(INSERT, parametersOf(offer));
    await this.record(tx, actor, 'offer.draft', null, offer);
    return offer;
  }

  /**
   * Changes the brand's offer; only the given fields. Of an open one only how it is described and how many creators it
   * takes.
   * @throws DomainError NOT_FOUND, OFFER_STATE_CONFLICT (409), VALIDATION_FAILED (422)
   */
  async change(tx: Tx, actor: BrandActor, id: string, change: Partial<OfferInput>): Promise<Offer> {
    const before = await getOffer(tx, actor.brandId, id, 'FOR NO KEY UPDATE');
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const fixed = fixedFields(before.state, Object.keys(given));
    if (fixed.length > 0) {
      throw offerStateConflict(before.state, `${fixed.join(', ')} can no longer be changed`);
    }
    const after: Offer = {
      ...before,
      ...(given as Partial<Offer>),
      publicationReward:
        change.publicationReward === undefined
          ? before.publicationReward
          : rewardOf('publicationReward', change.publicationReward, before.currency),
      orderReward:
        change.orderReward === undefined
          ? before.orderReward
          : rewardOf('orderReward', change.orderReward, before.currency),
    };
    await this.assertWhole(tx, before, after);
    await tx.query(UPDATE, parametersOf(after));
    await this.record(tx, actor, 'offer.change', before, after);
    return after;
  }

  /**
   * Opens a draft whose row is held. @param pay where the offer pays for orders, by what
   * @throws DomainError VALIDATION_FAILED (422) for an archived brand
   */
  async markOpen(tx: Tx, actor: BrandActor, draft: Offer, pay: OrderPay | null): Promise<Offer> {
    const { state } = await this.brands.get(tx, draft.brandId);
    if (state !== 'active') throw invalidField('brandId', 'this brand is archived');
    const after: Offer = { ...draft, ...pay, state: 'open', openedAt: this.clock.now() };
    await tx.query(
      `UPDATE offers SET state = 'open', opened_at = $2, landing_id = $3, commission_plan_id = $4
        WHERE id = $1 AND state = 'draft'`,
      [draft.id, after.openedAt, after.landingId, after.commissionPlanId],
    );
    await this.record(tx, actor, 'offer.open', draft, after);
    return after;
  }

  /**
   * Closes the brand's open offer, for good: nobody takes part any more, and what runs goes on.
   * @throws DomainError NOT_FOUND, OFFER_STATE_CONFLICT (409)
   */
  async close(tx: Tx, actor: BrandActor, id: string): Promise<Offer> {
    const before = await getOffer(tx, actor.brandId, id, 'FOR NO KEY UPDATE');
    if (before.state !== 'open') throw offerStateConflict(before.state, 'only an open one can be closed');
    const after: Offer = { ...before, state: 'closed', closedAt: this.clock.now() };
    await tx.query(`UPDATE offers SET state = 'closed', closed_at = $2 WHERE id = $1 AND state = 'open'`, [
      id,
      after.closedAt,
    ]);
    await this.record(tx, actor, 'offer.close', before, after);
    return after;
  }

  private async record(
    tx: Tx,
    actor: Actor,
    action: string,
    before: Offer | null,
    after: Offer,
  ): Promise<void> {
    await this.audit.record(tx, actor, {
      action,
      subject: { type: 'offer', id: after.id },
      before: before && offerInAudit(before),
      after: offerInAudit(after),
    });
  }

  /** The landing that it has may stay although it is no longer offered: the opening looks at it again. */
  private async assertWhole(tx: Tx, before: Offer | null, offer: Offer): Promise<void> {
    const faults = payFaults(offer);
    if (faults.length > 0) throw offerInvalid(faults);
    const { brandId, promoCodePoolId, landingId } = offer;
    if (promoCodePoolId !== null && !(await this.pools.isOf(tx, brandId, promoCodePoolId))) {
      throw invalidField('promoCodePoolId', 'the brand has no such pool of promo codes');
    }
    if (landingId !== null && landingId !== before?.landingId) {
      await this.landings.assertOffered(tx, brandId, landingId);
    }
  }
}

const COLUMNS = [
  'id',
  'brand_id',
  'title',
  'description',
  'state',
  'pricing_model',
  'currency',
  'publication_reward_minor',
  'order_reward_minor',
  'goods',
  'requires_moderation',
  'content_review_required',
  'content_days',
  'publication_days',
  'auto_confirm',
  'follower_discount',
  'follower_discount_percent',
  'countries',
  'platforms',
  'capacity',
  'promo_code_pool_id',
  'landing_id',
  'created_at',
];
const PLACES = COLUMNS.map((_, index) => `$${index + 1}`).join(', ');
const INSERT = `INSERT INTO offers (${COLUMNS.join(', ')}) VALUES (${PLACES})`;
const UPDATE = `UPDATE offers SET (${COLUMNS.slice(1).join(', ')}) = (${PLACES.slice('$1, '.length)}) WHERE id = $1`;

/** In the order of {@link COLUMNS}. */
function parametersOf(offer: Offer): unknown[] {
  return [
    offer.id,
    offer.brandId,
    offer.title,
    offer.description,
    offer.state,
    offer.pricingModel,
    offer.currency,
    offer.publicationReward?.minor.toString() ?? null,
    offer.orderReward?.minor.toString() ?? null,
    offer.goods,
    offer.requiresModeration,
    offer.contentReviewRequired,
    offer.contentDays,
    offer.publicationDays,
    offer.autoConfirm,
    offer.followerDiscount,
    offer.followerDiscountPercent,
    offer.countries,
    offer.platforms,
    offer.capacity,
    offer.promoCodePoolId,
    offer.landingId,
    offer.createdAt,
  ];
}

/** @throws DomainError INVALID_AMOUNT, VALIDATION_FAILED (422) */
function rewardOf(path: string, written: WrittenMoney | null | undefined, currency: string): Money | null {
  if (written === null || written === undefined) return null;
  if (written.currency !== currency) {
    throw invalidField(`${path}.currency`, `must be the brand's currency, ${currency}`);
  }
  return Money.parse(written.amount, currency, `${path}.amount`);
}
