import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IdentityModule } from '../identity/index.js';
import { PartnerManagementModule } from '../partner-management/index.js';
import { Brand } from './brand.entity.js';
import { BrandDealsController } from './deals/brand-deals.controller.js';
import { Deals } from './deals/deals.service.js';
import { OperatorDealsController } from './deals/operator-deals.controller.js';
import { BrandUsersController } from './brand-users.controller.js';
import { BrandsPersonalData } from './brands-personal-data.js';
import { Brands } from './brands.service.js';
import { Landing } from './landing.entity.js';
import { Landings } from './landings.service.js';
import { MediaContentController } from './media-content.controller.js';
import { MediaContents } from './media-contents.service.js';
import { MediaDesk } from './media-desk.service.js';
import { Medium } from './media.entity.js';
import { Media } from './media.service.js';
import { MediaUploads } from './media-uploads.service.js';
import { OperatorBrandsController } from './operator-brands.controller.js';
import { OperatorLandingsController } from './operator-landings.controller.js';
import { OperatorMediaController } from './operator-media.controller.js';
import { PartnerBrandsController } from './partner-brands.controller.js';
import { BrandSuggestions } from './suggestions/brand-suggestions.service.js';
import { OperatorSuggestionsController } from './suggestions/operator-suggestions.controller.js';
import { PartnerSuggestionsController } from './suggestions/partner-suggestions.controller.js';
import { SuggestionDecisions } from './suggestions/suggestion-decisions.service.js';
import { SuggestionNews } from './suggestions/suggestion-news.service.js';
import { BrandSyncKeysController } from './sync-keys/brand-sync-keys.controller.js';
import { OperatorSyncKeysController } from './sync-keys/operator-sync-keys.controller.js';
import { SyncKey } from './sync-keys/sync-key.entity.js';
import { SyncKeyDesk } from './sync-keys/sync-key-desk.service.js';
import { SyncKeys } from './sync-keys/sync-keys.service.js';

/** The room of brands, landings, media and sync keys. */
@Module({
  imports: [
    IdentityModule,
    PartnerManagementModule,
    TypeOrmModule.forFeature([Brand, Landing, Medium, SyncKey]),
  ],
  controllers: [
    BrandDealsController,
    BrandSyncKeysController,
    BrandUsersController,
    MediaContentController,
    OperatorBrandsController,
    OperatorDealsController,
    OperatorLandingsController,
    OperatorMediaController,
    OperatorSuggestionsController,
    OperatorSyncKeysController,
    PartnerBrandsController,
    PartnerSuggestionsController,
  ],
  providers: [
    Brands,
    BrandsPersonalData,
    BrandSuggestions,
    Deals,
    Landings,
    Media,
    MediaContents,
    MediaDesk,
    MediaUploads,
    SuggestionDecisions,
    SuggestionNews,
    SyncKeyDesk,
    SyncKeys,
  ],
  exports: [Brands, Deals, Landings, Media, SyncKeys],
})
export class BrandsModule {}
