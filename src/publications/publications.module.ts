import { Module } from '@nestjs/common';
import { BrandsModule } from '../brands/index.js';
import { CommissionsModule } from '../commissions/index.js';
import { IdentityModule } from '../identity/index.js';
import { TrackingModule } from '../tracking/index.js';
import { BrandCatalogueController } from './catalogue/brand-catalogue.controller.js';
import { BrandCatalogue } from './catalogue/brand-catalogue.service.js';
import { BrandOffersController } from './offers/brand-offers.controller.js';
import { OfferOpenings } from './offers/offer-openings.service.js';
import { Offers } from './offers/offers.service.js';
import { OpenOffers } from './offers/open-offers.service.js';
import { OperatorOffersController } from './offers/operator-offers.controller.js';
import { PartnerOffersController } from './offers/partner-offers.controller.js';

/** What brands offer creators, and what creators publish for it. */
@Module({
  imports: [IdentityModule, BrandsModule, CommissionsModule, TrackingModule],
  controllers: [
    BrandCatalogueController,
    BrandOffersController,
    OperatorOffersController,
    PartnerOffersController,
  ],
  providers: [BrandCatalogue, OfferOpenings, Offers, OpenOffers],
})
export class PublicationsModule {}
