import { Module } from '@nestjs/common';
import { BrandsModule } from '../brands/index.js';
import { CampaignsModule } from '../campaigns/index.js';
import { CommissionsModule } from '../commissions/index.js';
import { IdentityModule } from '../identity/index.js';
import { PartnerManagementModule } from '../partner-management/index.js';
import { TrackingModule } from '../tracking/index.js';
import { WalletModule } from '../wallet/index.js';
import { Applications } from './applications.service.js';
import { BrandPublicationsController } from './brand-publications.controller.js';
import { BrandCatalogueController } from './catalogue/brand-catalogue.controller.js';
import { BrandCatalogue } from './catalogue/brand-catalogue.service.js';
import { PublicationCommentsController } from './comments.controller.js';
import { PublicationComments } from './comments.service.js';
import { Creators } from './creators.service.js';
import { PublicationFiles } from './files/publication-files.service.js';
import { PublicationUploads } from './files/publication-uploads.service.js';
import { BrandOffersController } from './offers/brand-offers.controller.js';
import { OfferCodes } from './offers/offer-codes.service.js';
import { OfferLandings } from './offers/offer-landings.service.js';
import { OfferOpenings } from './offers/offer-openings.service.js';
import { Offers } from './offers/offers.service.js';
import { OpenOffers } from './offers/open-offers.service.js';
import { OperatorOffersController } from './offers/operator-offers.controller.js';
import { PartnerOffersController } from './offers/partner-offers.controller.js';
import { OperatorPublicationsController } from './operator-publications.controller.js';
import { PartnerPublicationsController } from './partner-publications.controller.js';
import { PublicationBook } from './publication-book.js';
import { PublicationDeadlines } from './publication-deadlines.job.js';
import { PublicationMoves } from './publication-moves.service.js';
import { PublicationNews } from './publication-news.service.js';
import { PublicationRewardsCheck } from './publication-rewards.check.js';
import { PublicationsPersonalData } from './publications-personal-data.js';
import { Publications } from './publications.service.js';
import { Reversals } from './reversals.service.js';
import { Reviews } from './reviews.service.js';
import { Submissions } from './submissions.service.js';

/** What brands offer creators, and what creators publish for it. */
@Module({
  imports: [
    IdentityModule,
    WalletModule,
    PartnerManagementModule,
    BrandsModule,
    CommissionsModule,
    CampaignsModule,
    TrackingModule,
  ],
  controllers: [
    BrandCatalogueController,
    BrandOffersController,
    BrandPublicationsController,
    OperatorOffersController,
    OperatorPublicationsController,
    PartnerOffersController,
    PartnerPublicationsController,
    PublicationCommentsController,
  ],
  providers: [
    Applications,
    BrandCatalogue,
    Creators,
    OfferCodes,
    OfferLandings,
    OfferOpenings,
    Offers,
    OpenOffers,
    PublicationBook,
    PublicationComments,
    PublicationDeadlines,
    PublicationFiles,
    PublicationMoves,
    PublicationNews,
    PublicationRewardsCheck,
    PublicationUploads,
    Publications,
    PublicationsPersonalData,
    Reversals,
    Reviews,
    Submissions,
  ],
})
export class PublicationsModule {}
