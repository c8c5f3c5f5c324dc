import { type DynamicModule, Module } from '@nestjs/common';
import { BrandsModule } from './brands/index.js';
import { CampaignsModule } from './campaigns/index.js';
import { CommissionsModule } from './commissions/index.js';
import { IdentityModule } from './identity/index.js';
import { PartnerManagementModule } from './partner-management/index.js';
import { PlatformModule, type PlatformOptions } from './platform/index.js';
import { PostbacksModule } from './postbacks/index.js';
import { ReportsModule } from './reports/index.js';
import { TrackingModule } from './tracking/index.js';

/** The rooms of the house, left to right. */
const ROOMS = [
  IdentityModule,
  PartnerManagementModule,
  BrandsModule,
  CommissionsModule,
  CampaignsModule,
  TrackingModule,
  PostbacksModule,
  ReportsModule,
];

/** The whole program. */
@Module({})
export class AppModule {
  static forRoot(options: PlatformOptions): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.forRoot(options), ...ROOMS] };
  }
}
