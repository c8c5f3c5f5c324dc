import { type DynamicModule, Module } from '@nestjs/common';
import { BillingModule } from './billing/index.js';
import { BrandsModule } from './brands/index.js';
import { CampaignsModule } from './campaigns/index.js';
import { CommissionsModule } from './commissions/index.js';
import { ContentModule } from './content/index.js';
import { IdentityModule } from './identity/index.js';
import { PartnerManagementModule } from './partner-management/index.js';
import { PlatformModule, type PlatformOptions } from './platform/index.js';
import { PostbacksModule } from './postbacks/index.js';
import { PublicationsModule } from './publications/index.js';
import { PublicCampaignsModule } from './public-campaigns/index.js';
import { ReferralsModule } from './referrals/index.js';
import { ReportsModule } from './reports/index.js';
import { TrackingModule } from './tracking/index.js';
import { WalletModule } from './wallet/index.js';

/** The rooms of the house, left to right. */
const ROOMS = [
  IdentityModule,
  WalletModule,
  PartnerManagementModule,
  BrandsModule,
  CommissionsModule,
  CampaignsModule,
  ReferralsModule,
  TrackingModule,
  BillingModule,
  PostbacksModule,
  PublicationsModule,
  PublicCampaignsModule,
  ContentModule,
  ReportsModule,
];

/** The whole program. */
@Module({})
export class AppModule {
  static forRoot(options: PlatformOptions): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.forRoot(options), ...ROOMS] };
  }
}
