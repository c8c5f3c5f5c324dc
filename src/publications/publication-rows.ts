import type { DataSource, EntityManager } from 'typeorm';
import { Money, notFound } from '../platform/index.js';
import type { PricingModel } from './domain/offer-terms.js';
import type { Step } from './domain/publication-state.js';

type Db = EntityManager | DataSource;

/** A creator's work for an offer (T05). */
export interface Publication {
  id: string;
  brandId: string;
  partnerId: string;
  /** Where it is published; null once the partner is erased. */
  socialAccountId: string | null;
  platform: string;
  step: Step;
  stepAt: Date;
  deadlineAt: Date | null;
  confirmAt: Date | null;
  declines: number;
  /** Credited when it is confirmed; null where nothing is. */
  reward: Money | null;
  currency: string;
  rejectionReason: string | null;
  createdAt: Date;
  reversedAt: Date | null;
  reversalReason: string | null;
  offerId: string;
  offerTitle: string;
  pricingModel: PricingModel;
  promoCodePoolId: string | null;
  contentReviewRequired: boolean;
  contentDays: number;
  publicationDays: number;
  autoConfirm: boolean;
}

/** Whose publications; operators see all. */
export interface Scope {
  partnerId?: string;
  brandId?: string;
}

const SELECT_PUBLICATIONS = `
  SELECT p.id, p.brand_id AS "brandId", p.partner_id AS "partnerId", p.social_account_id AS "socialAccountId",
         p.platform, p.step, p.step_at AS "stepAt", p.deadline_at AS "deadlineAt", p.confirm_at AS "confirmAt",
         p.declines, p.reward_minor AS "rewardMinor", p.currency, p.rejection_reason AS "rejectionReason",
         p.created_at AS "createdAt", p.reversed_at AS "reversedAt", p.reversal_reason AS "reversalReason",
         p.offer_id AS "offerId", o.title AS "offerTitle", o.pricing_model AS "pricingModel",
         o.promo_code_pool_id AS "promoCodePoolId", o.content_review_required AS "contentReviewRequired",
         o.content_days AS "contentDays", o.publication_days AS "publicationDays", o.auto_confirm AS "autoConfirm"
    FROM publications p JOIN offers o ON o.id = p.offer_id`;

/** The publications that the rest of the statement lets through. @param rest of the statement, from `WHERE` on */
export async function selectPublications(
  db: Db,
  rest: string,
  parameters: readonly unknown[],
): Promise<Publication[]> {
  type Row = Omit<Publication, 'reward'> & { rewardMinor: string | null };
  const rows = await db.query<Row[]>(`${SELECT_PUBLICATIONS} ${rest}`, [...parameters]);
  return rows.map(({ rewardMinor, ...row }) => ({
    ...row,
    reward: rewardMinor === null ? null : Money.of(BigInt(rewardMinor), row.currency),
  }));
}

/**
 * The publication, of that partner and brand where they are named.
 * @param lock how its row is held until the transaction ends
 * @throws DomainError NOT_FOUND
 */
export async function getPublication(
  db: Db,
  { partnerId, brandId }: Scope,
  id: string,
  lock: '' | 'FOR NO KEY UPDATE OF p' = '',
): Promise<Publication> {
  const [publication] = await selectPublications(
    db,
    `WHERE p.id = $1 AND ($2::uuid IS NULL OR p.partner_id = $2) AND ($3::uuid IS NULL OR p.brand_id = $3) ${lock}`,
    [id, partnerId ?? null, brandId ?? null],
  );
  if (!publication) throw notFound('publication');
  return publication;
}
