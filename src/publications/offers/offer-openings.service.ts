import { Injectable } from '@nestjs/common';
import { PlanEditor } from '../../commissions/index.js';
import type { BrandActor } from '../../identity/index.js';
import { Config, invalidField, type Tx } from '../../platform/index.js';
import { PromoCodePools } from '../../tracking/index.js';
import { OfferLandings } from './offer-landings.service.js';
import { getOffer, type Offer } from './offer-rows.js';
import { offerStateConflict } from './offers.errors.js';
import { Offers, type OrderPay } from './offers.service.js';

/** Opens offers to creators (T04), with what pays for the orders that they bring. */
@Injectable()
export class OfferOpenings {
  constructor(
    private readonly offers: Offers,
    private readonly landings: OfferLandings,
    private readonly pools: PromoCodePools,
    private readonly plans: PlanEditor,
    private readonly config: Config,
  ) {}

  /**
   * Opens the brand's draft. One that pays for orders takes its pool of promo codes over, and gets a commission plan of
   * its own that pays for each approved order; orders are then attributed, reported and billed like any others.
   * @throws DomainError NOT_FOUND, OFFER_STATE_CONFLICT (409), VALIDATION_FAILED (422) for the pool, the landing or an
   *   archived brand
   */
  async open(tx: Tx, actor: BrandActor, id: string): Promise<Offer> {
    const draft = await getOffer(tx, actor.brandId, id, 'FOR NO KEY UPDATE');
    if (draft.state !== 'draft') throw offerStateConflict(draft.state, 'only a draft can be opened');
    const pay = draft.orderReward === null ? null : await this.prepareOrderPay(tx, actor, draft);
    return this.offers.markOpen(tx, actor, draft, pay);
  }

  private async prepareOrderPay(tx: Tx, actor: BrandActor, offer: Offer): Promise<OrderPay> {
    const { brandId, promoCodePoolId } = offer;
    if (promoCodePoolId === null) {
      throw invalidField('promoCodePoolId', 'an offer that pays for orders needs a pool of promo codes');
    }
    const landingId = await this.landings.settle(tx, offer);
    const pool = { brandId, poolId: promoCodePoolId, path: 'promoCodePoolId' };
    await this.pools.reserve(tx, actor, pool, offer.pricingModel === 'cpa' ? 'cpa' : 'cpp_promo_code');
    const { plan } = await this.plans.createUnnamed(tx, actor, {
      brandId,
      name: offer.title,
      period: 'monthly',
      timeZone: this.config.timeZone,
      strategies: [{ type: 'sale', amount: offer.orderReward!.toString() }],
    });
    return { promoCodePoolId, landingId, commissionPlanId: plan.id };
  }
}
