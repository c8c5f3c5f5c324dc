import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Brands } from '../../brands/index.js';
import { Conditions, idOfCursor, notFound, type Page, toPage } from '../../platform/index.js';
import { PartnerPromoCodes } from '../../tracking/index.js';
import type { PricingModel } from '../domain/offer-terms.js';
import type { Publication } from '../publication-rows.js';
import { Publications } from '../publications.service.js';
import { getOffer, type Offer, selectOffers } from './offer-rows.js';

type Db = EntityManager | DataSource;

/** An offer with its brand, as creators see it. */
export interface OpenOffer {
  offer: Offer;
  brand: { id: string; name: string; category: string | null; country: string | null };
  /** The creator's newest publication for it. */
  own: Publication | null;
  /** The creator's code of it. */
  promoCode: string | null;
}

export interface OpenOfferFilter {
  search?: string;
  brandId?: string;
  category?: string;
  country?: string;
  pricingModel?: PricingModel;
  limit: number;
  cursor?: string;
}

/** What of a brand's offers stands beside its name. */
export interface OfferedByBrand {
  offersCount: number;
  pricingModels: PricingModel[];
}

export const NO_OFFERS: OfferedByBrand = { offersCount: 0, pricingModels: [] };

/** The offers that creators may take part in (T04). */
@Injectable()
export class OpenOffers {
  constructor(
    private readonly brands: Brands,
    private readonly publications: Publications,
    private readonly codes: PartnerPromoCodes,
  ) {}

  /** A page of the open offers of active brands, newest first. */
  async list(db: Db, partnerId: string, filter: OpenOfferFilter): Promise<Page<OpenOffer>> {
    const { search, category } = filter;
    const brandIds = await this.brands.idsOf(db, { name: search, category, state: 'active' });
    const conditions = new Conditions();
    conditions.add('o.brand_id = ANY(?)', brandIds);
    conditions.add('o.brand_id = ?', filter.brandId);
    conditions.add('(o.countries = ARRAY[]::text[] OR ? = ANY(o.countries))', filter.country);
    conditions.add('o.pricing_model = ?', filter.pricingModel);
    conditions.add('o.id < ?', idOfCursor(filter.cursor));
    const offers = await selectOffers(
      db,
      `WHERE o.state = 'open' AND ${conditions.sql} ORDER BY o.id DESC LIMIT ${filter.limit + 1}`,
      conditions.parameters,
    );
    const page = toPage(offers, filter.limit, ({ id }) => [id]);
    return { ...page, items: await this.complete(db, partnerId, page.items) };
  }

  /** What the brands offer now, by brand; those that offer nothing are left out. */
  async ofBrands(db: Db, brandIds: readonly string[]): Promise<ReadonlyMap<string, OfferedByBrand>> {
    const rows = await db.query<(OfferedByBrand & { brandId: string })[]>(
      `SELECT brand_id AS "brandId", count(*)::int AS "offersCount",
              array_agg(DISTINCT pricing_model ORDER BY pricing_model) AS "pricingModels"
         FROM offers WHERE state = 'open' AND brand_id = ANY ($1) GROUP BY brand_id`,
      [brandIds],
    );
    return new Map(rows.map(({ brandId, ...offered }) => [brandId, offered]));
  }

  /** Brands with an open offer of the model. */
  async brandsWith(db: Db, pricingModel: PricingModel): Promise<string[]> {
    const rows = await db.query<{ id: string }[]>(
      `SELECT DISTINCT brand_id AS id FROM offers WHERE state = 'open' AND pricing_model = $1`,
      [pricingModel],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * An open offer of an active brand, or one that the creator takes or took part in.
   * @throws DomainError NOT_FOUND, also for a draft
   */
  async get(db: Db, partnerId: string, id: string): Promise<OpenOffer> {
    const offer = await getOffer(db, null, id);
    const [shown] = await this.complete(db, partnerId, [offer]);
    const { state } = await this.brands.get(db, offer.brandId);
    const offered = offer.state === 'open' && state === 'active';
    if (!offered && shown!.own === null) throw notFound('offer');
    return shown!;
  }

  private async complete(db: Db, partnerId: string, offers: readonly Offer[]): Promise<OpenOffer[]> {
    const brands = await this.brands.byIds(db, [...new Set(offers.map(({ brandId }) => brandId))]);
    const own = await this.publications.ownAt(
      db,
      partnerId,
      offers.map(({ id }) => id),
    );
    const pools = offers.flatMap(({ promoCodePoolId }) => promoCodePoolId ?? []);
    const codes = await this.codes.codesOf(db, pools, [partnerId]);
    return offers.map((offer) => ({
      offer,
      brand: brands.get(offer.brandId)!,
      own: own.get(offer.id) ?? null,
      promoCode: codes.get(`${offer.promoCodePoolId} ${partnerId}`) ?? null,
    }));
  }
}
