import { Injectable } from '@nestjs/common';
import { Brands, type Landing, Landings, Media } from '../brands/index.js';
import { invalidField, type Tx } from '../platform/index.js';
import type { Campaign } from './campaign.entity.js';
import type { RotationTarget } from './domain/rotation.js';
import { TrafficSources } from './traffic-sources.service.js';

/** What a promo can be made of: landings and media of its campaign's brand, and traffic sources. */
@Injectable()
export class PromoMaterials {
  constructor(
    private readonly brands: Brands,
    private readonly landings: Landings,
    private readonly media: Media,
    private readonly trafficSources: TrafficSources,
  ) {}

  /**
   * A landing that new promos of the campaign may lead to.
   * @param path field that names the landing
   * @throws DomainError VALIDATION_FAILED (422)
   */
  async getOfferedLanding(
    tx: Tx,
    campaign: Campaign,
    landingId: string,
    path = 'landingId',
  ): Promise<Landing> {
    const landing = await this.getLanding(tx, campaign, landingId, path);
    if (!landing.active) throw invalidField(path, 'this landing is no longer offered');
    if (!(await this.brands.isListed(tx, campaign.brandId)))
      throw invalidField(path, 'the brand of this landing is archived');
    return landing;
  }

  /**
   * A landing of the campaign's brand, offered or not.
   * @param path field that names the landing
   * @throws DomainError VALIDATION_FAILED (422)
   */
  async getLanding(tx: Tx, { brandId }: Campaign, landingId: string, path = 'landingId'): Promise<Landing> {
    const landing = await this.landings.find(tx, landingId);
    if (landing?.brandId !== brandId)
      throw invalidField(path, 'the brand of the campaign has no such landing');
    return landing;
  }

  /**
   * Refuses landings to take turns that are not offered, or not for the audience of the promo's own landing.
   * @param kept landings that the promo has already: they may stay although they are no longer offered
   * @throws DomainError VALIDATION_FAILED (422)
   */
  async assertTargets(
    tx: Tx,
    campaign: Campaign,
    landingId: string,
    { targets, kept }: { targets: readonly RotationTarget[]; kept: ReadonlySet<string> },
  ): Promise<void> {
    if (targets.length === 0) return;
    const own = await this.landings.get(tx, landingId);
    for (const [index, target] of targets.entries()) {
      if (target.landingId === landingId || kept.has(target.landingId)) continue;
      const path = `targets.${index}.landingId`;
      const landing = await this.getOfferedLanding(tx, campaign, target.landingId, path);
      if (landing.audience !== own.audience) {
        throw invalidField(path, `is not a landing for ${own.audience} as the promo's own one`);
      }
    }
  }

  /**
   * Refuses a medium that is not the brand's.
   * @throws DomainError VALIDATION_FAILED (422)
   */
  async assertMedium(tx: Tx, { brandId, partnerId }: Campaign, mediaId: string): Promise<void> {
    const medium = await this.media.findFor(tx, partnerId, mediaId);
    if (medium?.brandId !== brandId)
      throw invalidField('mediaId', 'the brand of the campaign has no such medium');
    if (!medium.active) throw invalidField('mediaId', 'this medium is no longer offered');
  }

  /**
   * Refuses a traffic source that does not exist.
   * @throws DomainError VALIDATION_FAILED (422)
   */
  async assertTrafficSource(tx: Tx, id: string): Promise<void> {
    if (!(await this.trafficSources.exists(tx, id))) {
      throw invalidField('trafficSourceId', 'there is no such traffic source');
    }
  }
}
