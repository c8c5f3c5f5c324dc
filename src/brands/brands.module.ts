import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IdentityModule } from '../identity/index.js';
import { PartnerManagementModule } from '../partner-management/index.js';
import { Brand } from './brand.entity.js';
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
import { SyncKey } from './sync-key.entity.js';
import { SyncKeys } from './sync-keys.service.js';

/** The room of brands, landings, media and sync keys. */
@Module({
  imports: [
    IdentityModule,
    PartnerManagementModule,
    TypeOrmModule.forFeature([Brand, Landing, Medium, SyncKey]),
  ],
  controllers: [
    BrandUsersController,
    MediaContentController,
    OperatorBrandsController,
    OperatorLandingsController,
    OperatorMediaController,
    PartnerBrandsController,
  ],
  providers: [Brands, BrandsPersonalData, Landings, Media, MediaContents, MediaDesk, MediaUploads, SyncKeys],
  exports: [Brands, Landings, Media, SyncKeys],
})
export class BrandsModule {}
