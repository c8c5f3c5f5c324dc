import { Injectable } from '@nestjs/common';
import { Campaigns, Promos } from '../../campaigns/index.js';
import { PlanEditor } from '../../commissions/index.js';
import { notFound, type Tx } from '../../platform/index.js';
import { PartnerPromoCodes, type TakenCode } from '../../tracking/index.js';
import { type Publication, selectPublications } from '../publication-rows.js';
import { noPromoCodes, promoCodeNotReady } from '../publications.errors.js';
import { getOffer, type Offer } from './offer-rows.js';

/** Steps in which a creator spreads no code: before the brand has accepted its platform, and once it is over. */
const WITHOUT_CODE: readonly Publication['step'][] = ['moderation', 'rejected', 'overdue'];

/** Gives creators the promo codes of the offers that they take part in, one each (T03, rule 6.3). */
@Injectable()
export class OfferCodes {
  constructor(
    private readonly plans: PlanEditor,
    private readonly campaigns: Campaigns,
    private readonly promos: Promos,
    private readonly codes: PartnerPromoCodes,
  ) {}

  /**
   * Gives the creator its code of the offer; the same one however often it asks. Orders with it count for a campaign
   * under the offer's plan, which is made with the first code and leads to the offer's landing, as it was agreed on
   * when the offer opened: also where the landing was switched off since.
   * @throws DomainError NOT_FOUND, OFFER_WITHOUT_PROMO_CODES, PROMO_CODE_NOT_READY, PROMO_CODE_POOL_CLOSED,
   *   NO_PROMO_CODES_LEFT (409), VALIDATION_FAILED (422) for an archived brand
   */
  async take(tx: Tx, partnerId: string, offerId: string): Promise<TakenCode> {
    const offer = await getOffer(tx, null, offerId);
    if (offer.state === 'draft') throw notFound('offer');
    const { promoCodePoolId, commissionPlanId } = offer;
    if (promoCodePoolId === null || commissionPlanId === null) throw noPromoCodes();
    // Held, so that the same creator asking twice at once makes one campaign.
    const [publication] = await selectPublications(
      tx,
      'WHERE p.offer_id = $1 AND p.partner_id = $2 ORDER BY p.id DESC LIMIT 1 FOR NO KEY UPDATE OF p',
      [offerId, partnerId],
    );
    if (!publication || WITHOUT_CODE.includes(publication.step)) throw promoCodeNotReady();
    await this.plans.nameAlso(tx, commissionPlanId, partnerId);
    const campaignId = await this.campaignFor(tx, partnerId, offer, commissionPlanId);
    const promoId = await this.promoFor(tx, partnerId, campaignId, offer.landingId!);
    return this.codes.give(tx, promoCodePoolId, { partnerId, campaignId, promoId });
  }

  private async campaignFor(tx: Tx, partnerId: string, offer: Offer, planId: string): Promise<string> {
    const [known] = await this.campaigns.campaignIdsOf(tx, partnerId, planId);
    if (known) return known;
    const { title: name, brandId } = offer;
    // The partner asked for a code, not for a campaign: it is not refused for what its package allows.
    const made = await this.campaigns.takeOver(tx, partnerId, { name, brandId, commissionPlanId: planId });
    return made.id;
  }

  private async promoFor(tx: Tx, partnerId: string, campaignId: string, landingId: string): Promise<string> {
    const { items } = await this.promos.list(tx, campaignId, { limit: 1 });
    return items[0]?.id ?? (await this.promos.takeOver(tx, partnerId, campaignId, landingId)).id;
  }
}
