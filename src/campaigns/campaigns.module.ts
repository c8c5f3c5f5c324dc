import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BrandsModule } from '../brands/index.js';
import { CommissionsModule } from '../commissions/index.js';
import { IdentityModule } from '../identity/index.js';
import { PartnerManagementModule } from '../partner-management/index.js';
import { Campaign } from './campaign.entity.js';
import { CampaignsPersonalData } from './campaigns-personal-data.js';
import { CampaignsController } from './campaigns.controller.js';
import { Campaigns } from './campaigns.service.js';
import { PromoDesk } from './promo-desk.service.js';
import { PromoImpressions } from './promo-impressions.service.js';
import { PromoMaterials } from './promo-materials.service.js';
import { PromoQrController } from './promo-qr.controller.js';
import { Promo } from './promo.entity.js';
import { PromosController } from './promos.controller.js';
import { Promos } from './promos.service.js';
import { RedirectTargetsConsumer } from './redirect-targets.consumer.js';
import { TrackingLinks } from './tracking-links.service.js';
import { TrafficSource } from './traffic-source.entity.js';
import { TrafficSourcesController } from './traffic-sources.controller.js';
import { TrafficSources } from './traffic-sources.service.js';

/** The room of campaigns, promos and traffic sources. */
@Module({
  imports: [
    IdentityModule,
    BrandsModule,
    CommissionsModule,
    PartnerManagementModule,
    TypeOrmModule.forFeature([Campaign, Promo, TrafficSource]),
  ],
  controllers: [CampaignsController, PromoQrController, PromosController, TrafficSourcesController],
  providers: [
    Campaigns,
    CampaignsPersonalData,
    PromoDesk,
    PromoImpressions,
    PromoMaterials,
    Promos,
    RedirectTargetsConsumer,
    TrackingLinks,
    TrafficSources,
  ],
  exports: [Campaigns, PromoImpressions, Promos, TrackingLinks, TrafficSources],
})
export class CampaignsModule {}
