import { Injectable } from '@nestjs/common';
import { type DataSource, type EntityManager, LessThan } from 'typeorm';
import { type Landing, Landings, type LandingTarget, Media } from '../brands/index.js';
import {
  Clock,
  idOfCursor,
  Ids,
  invalidField,
  notFound,
  type Page,
  toPage,
  type Tx,
} from '../platform/index.js';
import type { Campaign } from './campaign.entity.js';
import { trafficSourceAlreadySet } from './campaigns.errors.js';
import { Campaigns } from './campaigns.service.js';
import { Promo } from './promo.entity.js';
import { randomPromoCode } from './promo-code.js';
import { TrafficSources } from './traffic-sources.service.js';

type Db = EntityManager | DataSource;

export interface NewPromo {
  /** The landing's title when absent. */
  title?: string;
  trafficSourceId?: string | null;
  landingId: string;
  /** A direct link when absent. */
  mediaId?: string | null;
}

export interface PromoChange {
  title?: string;
  trafficSourceId?: string;
}

/** Where a tracking link leads, and whom its visits belong to. */
export interface PromoTarget extends LandingTarget {
  promoId: string;
  campaignId: string;
  partnerId: string;
  brandId: string;
}

/** Collisions of 59 random bits do not happen twice in a row; more than this many is a fault of ours. */
const CODE_ATTEMPTS = 5;

/** The promos of campaigns: tracking links (A04). */
@Injectable()
export class Promos {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly trafficSources: TrafficSources,
    private readonly landings: Landings,
    private readonly media: Media,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /**
   * The partner's promo.
   * @throws DomainError NOT_FOUND, also for another partner's
   */
  async get(db: Db, partnerId: string, promoId: string): Promise<Promo> {
    const promo = await db.getRepository(Promo).findOneBy({ id: promoId, partnerId });
    if (!promo) throw notFound('promo');
    return promo;
  }

  /**
   * What the code of a tracking link leads to, or null (rules §2.1); archived campaigns keep tracking. Holders of
   * the answer listen on the channel `promos_changed`, whose payload is the code.
   */
  async findTarget(db: Db, code: string): Promise<PromoTarget | null> {
    const [promo] = await db.query<(Omit<PromoTarget, keyof LandingTarget> & { landingId: string })[]>(
      `SELECT id AS "promoId", campaign_id AS "campaignId", partner_id AS "partnerId", brand_id AS "brandId",
              landing_id AS "landingId"
         FROM promos WHERE code = $1`,
      [code],
    );
    if (!promo) return null;
    const { landingId, ...owner } = promo;
    return { ...owner, ...(await this.landings.getTarget(db, landingId)) };
  }

  /** The id of the partner's promo with this code, or null. */
  async findIdByCode(db: Db, partnerId: string, code: string): Promise<string | null> {
    const promo = await db.getRepository(Promo).findOneBy({ code, partnerId });
    return promo?.id ?? null;
  }

  /** Codes of promos by id, for lists that name them. */
  async codesOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await db.query<{ id: string; code: string }[]>(
      'SELECT id, code FROM promos WHERE id = ANY ($1)',
      [ids],
    );
    return new Map(rows.map(({ id, code }) => [id, code]));
  }

  /** The campaign's promos, newest first. The campaign's owner is the caller's to check. */
  async list(
    db: Db,
    campaignId: string,
    { limit, cursor }: { limit: number; cursor?: string },
  ): Promise<Page<Promo>> {
    const rows = await db.getRepository(Promo).find({
      where: { campaignId, ...(cursor !== undefined && { id: LessThan(idOfCursor(cursor)) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /**
   * Adds a promo to the partner's campaign.
   * @throws DomainError NOT_FOUND, CAMPAIGN_ARCHIVED, VALIDATION_FAILED (422) naming landing, medium or traffic source
   */
  async create(tx: Tx, partnerId: string, campaignId: string, input: NewPromo): Promise<Promo> {
    const campaign = await this.campaigns.getForEdit(tx, partnerId, campaignId);
    const landing = await this.getOfferedLanding(tx, campaign, input.landingId);
    if (input.mediaId) await this.assertMedium(tx, campaign, input.mediaId);
    if (input.trafficSourceId) await this.assertTrafficSource(tx, input.trafficSourceId);
    const promo: Omit<Promo, 'code'> = {
      id: this.ids.next(),
      campaignId,
      partnerId,
      brandId: campaign.brandId,
      title: input.title ?? landing.title,
      trafficSourceId: input.trafficSourceId ?? null,
      landingId: input.landingId,
      mediaId: input.mediaId ?? null,
      createdAt: this.clock.now(),
    };
    const code = await insertWithFreshCode(tx, promo);
    await announce(tx, code);
    return { ...promo, code };
  }

  /**
   * Changes the title, or sets the traffic source where there is none yet (A04).
   * @throws DomainError NOT_FOUND, CAMPAIGN_ARCHIVED, TRAFFIC_SOURCE_ALREADY_SET, VALIDATION_FAILED (422)
   */
  async change(
    tx: Tx,
    partnerId: string,
    promoId: string,
    { title, trafficSourceId }: PromoChange,
  ): Promise<Promo> {
    const { campaignId } = await this.get(tx, partnerId, promoId);
    await this.campaigns.getForEdit(tx, partnerId, campaignId);
    if (trafficSourceId !== undefined) {
      await this.assertTrafficSource(tx, trafficSourceId);
      // Giving the same one again is no change; whoever comes second with another one is refused.
      const [, affected] = await tx.query<[unknown[], number]>(
        `UPDATE promos SET traffic_source_id = $2
          WHERE id = $1 AND (traffic_source_id IS NULL OR traffic_source_id = $2)`,
        [promoId, trafficSourceId],
      );
      if (affected === 0) throw trafficSourceAlreadySet();
    }
    if (title !== undefined) await tx.getRepository(Promo).update({ id: promoId }, { title });
    return this.get(tx, partnerId, promoId);
  }

  private async getOfferedLanding(tx: Tx, { brandId }: Campaign, landingId: string): Promise<Landing> {
    const landing = await this.landings.find(tx, landingId);
    if (landing?.brandId !== brandId)
      throw invalidField('landingId', 'the brand of the campaign has no such landing');
    if (!landing.active) throw invalidField('landingId', 'this landing is no longer offered');
    return landing;
  }

  private async assertMedium(tx: Tx, { brandId }: Campaign, mediaId: string): Promise<void> {
    const medium = await this.media.find(tx, mediaId);
    if (medium?.brandId !== brandId)
      throw invalidField('mediaId', 'the brand of the campaign has no such medium');
  }

  private async assertTrafficSource(tx: Tx, id: string): Promise<void> {
    if (!(await this.trafficSources.exists(tx, id))) {
      throw invalidField('trafficSourceId', 'there is no such traffic source');
    }
  }
}

async function insertWithFreshCode(tx: Tx, promo: Omit<Promo, 'code'>): Promise<string> {
  for (let attempt = 0; attempt < CODE_ATTEMPTS; attempt += 1) {
    const code = randomPromoCode();
    const inserted = await tx
      .createQueryBuilder()
      .insert()
      .into(Promo)
      .values({ ...promo, code })
      .orIgnore('("code")')
      .returning('id')
      .execute();
    if ((inserted.raw as unknown[]).length > 0) return code;
  }
  throw new Error('No free promo code was found');
}

/** Tells every instance that what the code leads to is to be read anew. */
async function announce(tx: Tx, code: string): Promise<void> {
  await tx.query(`SELECT pg_notify('promos_changed', $1)`, [code]);
}
