import { Injectable } from '@nestjs/common';
import { type DataSource, type EntityManager, LessThan } from 'typeorm';
import type { Landing } from '../brands/index.js';
import { Clock, idOfCursor, Ids, notFound, type Page, toPage, type Tx } from '../platform/index.js';
import type { Campaign } from './campaign.entity.js';
import { trafficSourceAlreadySet } from './campaigns.errors.js';
import { Campaigns } from './campaigns.service.js';
import { rotationOf, type RotationWish } from './domain/rotation.js';
import { announceCodes, claimCode, claimRandomCode } from './link-codes.js';
import { PromoMaterials } from './promo-materials.service.js';
import { Promo } from './promo.entity.js';

type Db = EntityManager | DataSource;

export interface NewPromo {
  /** The landing's title when absent. */
  title?: string;
  trafficSourceId?: string | null;
  landingId: string;
  /** A direct link when absent. */
  mediaId?: string | null;
  /** A random one when absent. */
  code?: string;
  targets?: RotationWish[];
}

export interface PromoChange {
  title?: string;
  trafficSourceId?: string;
  code?: string;
  /** Takes the place of all that there were. */
  targets?: RotationWish[];
}

/** The promos of campaigns: tracking links (A04). */
@Injectable()
export class Promos {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly materials: PromoMaterials,
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

  /** The partner's promos in active campaigns for the brand; with an id, that one at most. */
  async ofBrand(
    db: Db,
    partnerId: string,
    brandId: string,
    promoId?: string,
  ): Promise<{ id: string; campaignId: string }[]> {
    return db.query(
      `SELECT p.id, p.campaign_id AS "campaignId" FROM promos p JOIN campaigns c ON c.id = p.campaign_id
        WHERE p.partner_id = $1 AND p.brand_id = $2 AND c.state = 'active' AND ($3::uuid IS NULL OR p.id = $3)
        ORDER BY p.id`,
      [partnerId, brandId, promoId ?? null],
    );
  }

  /** The id of the partner's promo that has this code, or had it once, or null. */
  async findIdByCode(db: Db, partnerId: string, code: string): Promise<string | null> {
    const [promo] = await db.query<{ id: string }[]>(
      `SELECT promos.id FROM link_codes JOIN promos ON promos.id = link_codes.promo_id
        WHERE link_codes.code = $1 AND promos.partner_id = $2`,
      [code, partnerId],
    );
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
   * @throws DomainError NOT_FOUND, CAMPAIGN_ARCHIVED, LINK_CODE_TAKEN, VALIDATION_FAILED (422) naming the field
   */
  async create(tx: Tx, partnerId: string, campaignId: string, input: NewPromo): Promise<Promo> {
    const campaign = await this.campaigns.getForEdit(tx, partnerId, campaignId);
    const { landingId } = input;
    const targets = rotationOf(input.targets ?? []);
    const landing = await this.materials.getOfferedLanding(tx, campaign, landingId);
    await this.materials.assertTargets(tx, campaign, landingId, { targets, kept: new Set() });
    if (input.mediaId) await this.materials.assertMedium(tx, campaign, input.mediaId);
    if (input.trafficSourceId) await this.materials.assertTrafficSource(tx, input.trafficSourceId);
    return this.insert(tx, campaign, landing, { ...input, targets });
  }

  /**
   * Adds a direct link to the partner's campaign that leads to a landing agreed on before: also to one that is no longer
   * offered, as links that lead there already do.
   * @throws DomainError NOT_FOUND, CAMPAIGN_ARCHIVED, VALIDATION_FAILED (422) for another brand's landing
   */
  async takeOver(tx: Tx, partnerId: string, campaignId: string, landingId: string): Promise<Promo> {
    const campaign = await this.campaigns.getForEdit(tx, partnerId, campaignId);
    const landing = await this.materials.getLanding(tx, campaign, landingId);
    return this.insert(tx, campaign, landing, { targets: [] });
  }

  /**
   * Changes the title, the code or the landings that take turns, or sets the traffic source where there is none yet
   * (A04). Links with a former code keep working.
   * @throws DomainError NOT_FOUND, CAMPAIGN_ARCHIVED, TRAFFIC_SOURCE_ALREADY_SET, LINK_CODE_TAKEN, VALIDATION_FAILED
   */
  async change(tx: Tx, partnerId: string, promoId: string, change: PromoChange): Promise<Promo> {
    const { title, trafficSourceId, code } = change;
    const targets = change.targets && rotationOf(change.targets);
    const before = await this.get(tx, partnerId, promoId);
    const campaign = await this.campaigns.getForEdit(tx, partnerId, before.campaignId);
    if (trafficSourceId !== undefined) await this.setTrafficSource(tx, promoId, trafficSourceId);
    if (code !== undefined) await claimCode(tx, promoId, code);
    if (targets !== undefined) {
      const kept = new Set(before.targets.map(({ landingId }) => landingId));
      await this.materials.assertTargets(tx, campaign, before.landingId, { targets, kept });
    }
    const given = Object.fromEntries(
      Object.entries({ title, code, targets }).filter(([, value]) => value !== undefined),
    );
    if (Object.keys(given).length > 0) await tx.getRepository(Promo).update({ id: promoId }, given);
    if (code !== undefined || targets !== undefined) await announceCodes(tx, promoId);
    return this.get(tx, partnerId, promoId);
  }

  private async insert(
    tx: Tx,
    { id: campaignId, partnerId, brandId }: Campaign,
    landing: Landing,
    input: Omit<NewPromo, 'landingId' | 'targets'> & Pick<Promo, 'targets'>,
  ): Promise<Promo> {
    const { code, targets } = input;
    const id = this.ids.next();
    if (code !== undefined) await claimCode(tx, id, code);
    const promo: Promo = {
      id,
      campaignId,
      partnerId,
      brandId,
      code: code ?? (await claimRandomCode(tx, id)),
      title: input.title ?? landing.title,
      trafficSourceId: input.trafficSourceId ?? null,
      landingId: landing.id,
      targets,
      mediaId: input.mediaId ?? null,
      createdAt: this.clock.now(),
    };
    await tx.getRepository(Promo).insert(promo);
    await announceCodes(tx, id);
    return promo;
  }

  /** Giving the same one again is no change; whoever comes second with another one is refused. */
  private async setTrafficSource(tx: Tx, promoId: string, trafficSourceId: string): Promise<void> {
    await this.materials.assertTrafficSource(tx, trafficSourceId);
    const [, affected] = await tx.query<[unknown[], number]>(
      `UPDATE promos SET traffic_source_id = $2
        WHERE id = $1 AND (traffic_source_id IS NULL OR traffic_source_id = $2)`,
      [promoId, trafficSourceId],
    );
    if (affected === 0) throw trafficSourceAlreadySet();
  }
}
