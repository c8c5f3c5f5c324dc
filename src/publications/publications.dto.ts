import { IsIn } from 'class-validator';
import { IsId, MayBeAbsent, MoneyDto, PageQuery } from '../platform/index.js';
import type { PricingModel } from './domain/offer-terms.js';
import {
  DECLINES_THAT_END,
  REVIEWED,
  type Reviewed,
  type State,
  stateOf,
  STATES,
} from './domain/publication-state.js';
import type { ListedPublication } from './publications.service.js';

/** Filters of publications. */
export class PublicationsQuery extends PageQuery {
  /** @example "scheduled" */
  @MayBeAbsent()
  @IsIn(STATES)
  state?: State;

  /**
   * What is looked at in the state `review`.
   * @example "content"
   */
  @MayBeAbsent()
  @IsIn(REVIEWED)
  reviewOf?: Reviewed;

  /** @example "01900000-0000-7000-8000-000000001401" */
  @MayBeAbsent()
  @IsId()
  offerId?: string;
}

/** Filters of a creator's publications. */
export class PartnerPublicationsQuery extends PublicationsQuery {
  /** @example "01900000-0000-7000-8000-000000000101" */
  @MayBeAbsent()
  @IsId()
  brandId?: string;
}

/** Filters of all publications. */
export class OperatorPublicationsQuery extends PartnerPublicationsQuery {
  /** @example "01900000-0000-7000-8000-000000000501" */
  @MayBeAbsent()
  @IsId()
  partnerId?: string;
}

/** The offer of a publication. */
export class PublicationOffer {
  /** @example "01900000-0000-7000-8000-000000001401" */
  id: string;
  /** @example "Show our autumn shoes" */
  title: string;
  /** @example "cpp" */
  pricingModel: PricingModel;
}

/** Somebody who takes part. */
export class PublicationSide {
  /** @example "01900000-0000-7000-8000-000000000101" */
  id: string;
  /** @example "Lucky Fox" */
  name: string;
}

/** Where it is published. */
export class PublicationAccount {
  /** @example "instagram" */
  platform: string;
  /**
   * Null once the creator's data is erased.
   * @example "ann.reviews"
   */
  handle: string | null;
}

/** A creator's work for an offer. */
export class PublicationResponse {
  /** @example "01900000-0000-7000-8000-000000001501" */
  id: string;
  offer: PublicationOffer;
  brand: PublicationSide;
  partner: PublicationSide;
  account: PublicationAccount;
  /**
   * `moderation`: the brand looks at the platform; `content_review`: the content is to be handed in; `review`: the brand
   * looks at what `reviewOf` says; `scheduled`: it is to be published, and links and screenshots to be handed in;
   * `confirmed`, `rejected` and `overdue` are ends.
   * @example "scheduled"
   */
  state: State;
  /** What is looked at in the state `review`. */
  reviewOf: Reviewed | null;
  /** @example "2026-10-01T10:00:00.000Z" */
  stateSince: string;
  /** From then on it is too late to hand in. */
  deadlineAt: string | null;
  /** When it is confirmed unless the brand decides before; while the creator is suspended it waits. */
  confirmsAt: string | null;
  /**
   * How often the brand may decline the content until the collaboration ends.
   * @example 3
   */
  declinesLeft: number;
  /** Credited when it is confirmed; null where the offer pays for orders only, or in goods. */
  reward: MoneyDto | null;
  /** The creator's promo code of the offer, once it is taken. */
  promoCode: string | null;
  rejectionReason: string | null;
  /** @example "2026-10-01T10:00:00.000Z" */
  createdAt: string;
  /** When a confirmed one proved false and its reward was taken back. */
  reversedAt: string | null;
  reversalReason: string | null;
}

/** A page of publications. */
export class PublicationPage {
  items: PublicationResponse[];
  nextCursor: string | null;
}

/** The publication as the API answers it. */
export function toPublicationResponse(listed: ListedPublication): PublicationResponse {
  const { publication, brand, partner, handle, promoCode } = listed;
  const { id, offerId, offerTitle: title, pricingModel, brandId, partnerId, platform } = publication;
  return {
    id,
    offer: { id: offerId, title, pricingModel },
    brand: { id: brandId, name: brand },
    partner: { id: partnerId, name: partner },
    account: { platform, handle },
    ...stateOf(publication.step),
    stateSince: publication.stepAt.toISOString(),
    deadlineAt: publication.deadlineAt?.toISOString() ?? null,
    confirmsAt: publication.confirmAt?.toISOString() ?? null,
    declinesLeft: DECLINES_THAT_END - publication.declines,
    reward: publication.reward?.toJSON() ?? null,
    promoCode,
    rejectionReason: publication.rejectionReason,
    createdAt: publication.createdAt.toISOString(),
    reversedAt: publication.reversedAt?.toISOString() ?? null,
    reversalReason: publication.reversalReason,
  };
}
