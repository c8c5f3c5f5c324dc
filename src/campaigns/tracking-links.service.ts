import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Landings, type LandingTarget, Media, uploadedPathOf } from '../brands/index.js';
import type { RotationTarget } from './domain/rotation.js';

/** Where a tracking link leads, and whom its visits belong to. */
export interface PromoTarget extends LandingTarget {
  promoId: string;
  campaignId: string;
  partnerId: string;
  brandId: string;
  /** Landings that take turns; the promo's own one stands in when none of them fits a visitor. */
  rotation: LandingInRotation[];
  /** Path of the uploaded image that its banner shows; null for a promo without one. */
  bannerPath: string | null;
}

export interface LandingInRotation extends Omit<RotationTarget, 'landingId'> {
  landingUrl: string;
}

interface FoundPromo extends Pick<PromoTarget, 'promoId' | 'campaignId' | 'partnerId' | 'brandId'> {
  landingId: string;
  targets: RotationTarget[];
  mediaId: string | null;
}

/** The links of promos, as the redirect follows them. */
@Injectable()
export class TrackingLinks {
  constructor(
    private readonly landings: Landings,
    private readonly media: Media,
  ) {}

  /**
   * What the code of a tracking link leads to, or null (rules §2.1): any code that a promo has ever had, and those of
   * archived campaigns too. Holders of the answer listen on the channel `promos_changed`, whose payload is the code.
   */
  async find(db: EntityManager | DataSource, code: string): Promise<PromoTarget | null> {
    const [promo] = await db.query<FoundPromo[]>(
      `SELECT promos.id AS "promoId", campaign_id AS "campaignId", partner_id AS "partnerId", brand_id AS "brandId",
              landing_id AS "landingId", targets, media_id AS "mediaId"
         FROM link_codes JOIN promos ON promos.id = link_codes.promo_id WHERE link_codes.code = $1`,
      [code],
    );
    if (!promo) return null;
    const { landingId, targets, mediaId, ...owner } = promo;
    const landing = await this.landings.getTarget(db, landingId);
    const rotation = await this.rotationOf(db, targets);
    // What is uploaded never changes, so nobody has to tell of changed media.
    const bannerPath = mediaId === null ? null : uploadedPathOf(await this.media.get(db, mediaId));
    return { ...owner, ...landing, rotation, bannerPath };
  }

  private async rotationOf(
    db: EntityManager | DataSource,
    targets: readonly RotationTarget[],
  ): Promise<LandingInRotation[]> {
    if (targets.length === 0) return [];
    const ids = targets.map(({ landingId }) => landingId);
    const urls = await this.landings.urlsOf(db, ids);
    return targets.map(({ landingId, ...target }) => ({ ...target, landingUrl: urls.get(landingId)! }));
  }
}
