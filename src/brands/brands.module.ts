import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IdentityModule } from '../identity/index.js';
import { Brand } from './brand.entity.js';
import { BrandUsersController } from './brand-users.controller.js';
import { Brands } from './brands.service.js';
import { Landing } from './landing.entity.js';
import { Landings } from './landings.service.js';
import { Medium } from './media.entity.js';
import { Media } from './media.service.js';
import { OperatorBrandsController } from './operator-brands.controller.js';
import { OperatorLandingsController } from './operator-landings.controller.js';
import { PartnerBrandsController } from './partner-brands.controller.js';
import { SyncKey } from './sync-key.entity.js';
import { SyncKeys } from './sync-keys.service.js';

/** The room of brands, landings, media and sync keys. */
@Module({
  imports: [IdentityModule, TypeOrmModule.forFeature([Brand, Landing, Medium, SyncKey])],
  controllers: [
    BrandUsersController,
    OperatorBrandsController,
    OperatorLandingsController,
    PartnerBrandsController,
  ],
  providers: [Brands, Landings, Media, SyncKeys],
  exports: [Brands, Landings, Media, SyncKeys],
})
export class BrandsModule {}
