import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { addressOf, Media, type Medium, uploadedPathOf } from '../brands/index.js';
import { Config } from '../platform/index.js';
import { embedCode } from './domain/embed-code.js';
import type { Promo } from './promo.entity.js';
import { PromoImpressions } from './promo-impressions.service.js';
import { type EmbedCodeResponse, type PromoResponse, toPromoResponse, trackingUrlOf } from './promos.dto.js';

type Db = EntityManager | DataSource;

/** Shows promos to their partner: with their link, their medium and how often it was seen (A04). */
@Injectable()
export class PromoDesk {
  constructor(
    private readonly media: Media,
    private readonly impressions: PromoImpressions,
    private readonly config: Config,
  ) {}

  async show(db: Db, promo: Promo): Promise<PromoResponse> {
    const [shown] = await this.showAll(db, [promo]);
    return shown!;
  }

  /** In the same order. */
  async showAll(db: Db, promos: readonly Promo[]): Promise<PromoResponse[]> {
    const mediaIds = promos.flatMap(({ mediaId }) => mediaId ?? []);
    const media = await this.media.findAll(db, [...new Set(mediaIds)]);
    const totals = await this.impressions.totalsOf(
      db,
      promos.map(({ id }) => id),
    );
    return promos.map((promo) => {
      const medium = promo.mediaId === null ? null : media.get(promo.mediaId)!;
      return toPromoResponse(
        { promo, medium, impressionsCount: totals.get(promo.id) ?? 0 },
        this.config.publicUrl,
      );
    });
  }

  /**
   * What to put on a page. A promo keeps its medium, also one that is no longer offered or has become private to
   * others.
   */
  async embed(db: Db, promo: Promo): Promise<EmbedCodeResponse> {
    const medium = promo.mediaId === null ? null : await this.media.get(db, promo.mediaId);
    const linkUrl = trackingUrlOf(promo, this.config.publicUrl);
    const address = medium && this.addressOnPages(promo, medium);
    return {
      html: embedCode({ url: linkUrl, title: promo.title }, medium && { ...medium, address }),
      imageUrl: medium?.kind === 'image' ? address : null,
      linkUrl,
      width: medium?.width ?? null,
      height: medium?.height ?? null,
    };
  }

  /** Uploaded images are fetched by way of the promo, which counts; nobody is sent elsewhere by our own origin. */
  private addressOnPages({ code }: Promo, medium: Medium): string | null {
    const { publicUrl } = this.config;
    return uploadedPathOf(medium) === null ? addressOf(medium, publicUrl) : `${publicUrl}/b/${code}`;
  }
}
