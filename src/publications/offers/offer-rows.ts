import type { DataSource, EntityManager } from 'typeorm';
import { Money, notFound } from '../../platform/index.js';
import type { OfferState, PricingModel } from '../domain/offer-terms.js';

type Db = EntityManager | DataSource;

/** What a brand offers creators (T04). */
export interface Offer {
  id: string;
  brandId: string;
  title: string;
  description: string;
  state: OfferState;
  pricingModel: PricingModel;
  currency: string;
  /** Paid once for a confirmed publication; null where the model pays none. */
  publicationReward: Money | null;
  /** Paid for every approved order; null where the model pays none. */
  orderReward: Money | null;
  goods: string | null;
  requiresModeration: boolean;
  contentReviewRequired: boolean;
  /** Days for handing the content in, and for publishing. */
  contentDays: number;
  publicationDays: number;
  /** Whether a publication that the brand leaves undecided is confirmed in its place. */
  autoConfirm: boolean;
  followerDiscount: string | null;
  followerDiscountPercent: number | null;
  /** Of creators, ISO 3166-1 alpha-2; empty: all. */
  countries: string[];
  /** Empty: all. */
  platforms: string[];
  capacity: number | null;
  promoCodePoolId: string | null;
  landingId: string | null;
  /** By which orders are paid; made when the offer opens. */
  commissionPlanId: string | null;
  createdAt: Date;
  openedAt: Date | null;
  closedAt: Date | null;
}

type OfferRow = Omit<Offer, 'publicationReward' | 'orderReward'> & {
  publicationRewardMinor: string | null;
  orderRewardMinor: string | null;
};

/** Offers, to be followed by conditions on `o`. */
const SELECT_OFFERS = `
  SELECT o.id, o.brand_id AS "brandId", o.title, o.description, o.state, o.pricing_model AS "pricingModel", o.currency,
         o.publication_reward_minor AS "publicationRewardMinor", o.order_reward_minor AS "orderRewardMinor", o.goods,
         o.requires_moderation AS "requiresModeration", o.content_review_required AS "contentReviewRequired",
         o.content_days AS "contentDays", o.publication_days AS "publicationDays", o.auto_confirm AS "autoConfirm",
         o.follower_discount AS "followerDiscount", o.follower_discount_percent AS "followerDiscountPercent",
         o.countries, o.platforms, o.capacity, o.promo_code_pool_id AS "promoCodePoolId", o.landing_id AS "landingId",
         o.commission_plan_id AS "commissionPlanId", o.created_at AS "createdAt", o.opened_at AS "openedAt",
         o.closed_at AS "closedAt"
    FROM offers o`;

/** The offers that the rest of the statement lets through. @param rest of the statement, from `WHERE` on */
export async function selectOffers(db: Db, rest: string, parameters: readonly unknown[]): Promise<Offer[]> {
  const rows = await db.query<OfferRow[]>(`${SELECT_OFFERS} ${rest}`, [...parameters]);
  return rows.map(({ publicationRewardMinor, orderRewardMinor, ...row }) => ({
    ...row,
    publicationReward: amountOf(publicationRewardMinor, row.currency),
    orderReward: amountOf(orderRewardMinor, row.currency),
  }));
}

/**
 * The offer, of that brand unless null.
 * @param lock how its row is held until the transaction ends
 * @throws DomainError NOT_FOUND
 */
export async function getOffer(
  db: Db,
  brandId: string | null,
  id: string,
  lock: '' | 'FOR SHARE' | 'FOR NO KEY UPDATE' = '',
): Promise<Offer> {
  const [offer] = await selectOffers(
    db,
    `WHERE o.id = $1 AND ($2::uuid IS NULL OR o.brand_id = $2) ${lock}`,
    [id, brandId],
  );
  if (!offer) throw notFound('offer');
  return offer;
}

/** The offer as the audit log keeps it: amounts as people write them. */
export function offerInAudit({ publicationReward, orderReward, ...offer }: Offer): object {
  return { ...offer, publicationReward: publicationReward?.toJSON(), orderReward: orderReward?.toJSON() };
}

function amountOf(minor: string | null, currency: string): Money | null {
  return minor === null ? null : Money.of(BigInt(minor), currency);
}
