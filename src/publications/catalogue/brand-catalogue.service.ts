import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Brands, toBrandResponse } from '../../brands/index.js';
import { mapPage } from '../../platform/index.js';
import { NO_OFFERS, OpenOffers } from '../offers/open-offers.service.js';
import { toPartnerOfferResponse } from '../offers/partner-offers.dto.js';
import type { BrandCardResponse, CataloguePage, CatalogueQuery } from './brand-catalogue.dto.js';

const OFFERS_SHOWN = 200;

/** The brands that partners can choose, with what they offer (T02). */
@Injectable()
export class BrandCatalogue {
  constructor(
    private readonly brands: Brands,
    private readonly offers: OpenOffers,
    private readonly dataSource: DataSource,
  ) {}

  /** A page of the active brands. @throws DomainError INVALID_CURSOR (400) */
  async list({ search, name, pricingModel, ...query }: CatalogueQuery): Promise<CataloguePage> {
    const db = this.dataSource;
    const ids = pricingModel === undefined ? undefined : await this.offers.brandsWith(db, pricingModel);
    const page = await this.brands.catalogue(db, { ...query, name: search ?? name, ids });
    const offered = await this.offers.ofBrands(db, page.items.map(({ id }) => id)); // prettier-ignore
    return mapPage(page, (brand) => ({ ...toBrandResponse(brand), ...(offered.get(brand.id) ?? NO_OFFERS) }));
  }

  /** The brand with its open offers; an archived one has none. @throws DomainError NOT_FOUND */
  async get(partnerId: string, brandId: string): Promise<BrandCardResponse> {
    const db = this.dataSource;
    const brand = await this.brands.get(db, brandId);
    const { items } = await this.offers.list(db, partnerId, { brandId, limit: OFFERS_SHOWN });
    const offered = items.length > 0 ? (await this.offers.ofBrands(db, [brandId])).get(brandId) : undefined;
    return {
      ...toBrandResponse(brand),
      ...(offered ?? NO_OFFERS),
      offers: items.map(toPartnerOfferResponse),
    };
  }
}
