import { Module } from '@nestjs/common';
import { BrandsModule } from '../brands/index.js';
import { IdentityModule } from '../identity/index.js';
import { PartnerManagementModule } from '../partner-management/index.js';
import { WalletModule } from '../wallet/index.js';
import { BrandPublicCampaignsController } from './campaigns/brand-public-campaigns.controller.js';
import { OperatorPublicCampaignsController } from './campaigns/operator-public-campaigns.controller.js';
import { PublicCampaigns } from './campaigns/public-campaigns.service.js';
import { PublicCampaignsPersonalData } from './public-campaigns-personal-data.js';
import { SocialModule } from './social/social.module.js';

/** The room of public engagement campaigns (E01 to E08). */
@Module({
  imports: [IdentityModule, WalletModule, PartnerManagementModule, BrandsModule, SocialModule],
  controllers: [BrandPublicCampaignsController, OperatorPublicCampaignsController],
  providers: [PublicCampaigns, PublicCampaignsPersonalData],
})
export class PublicCampaignsModule {}
