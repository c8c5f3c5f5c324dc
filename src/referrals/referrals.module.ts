import { Module } from '@nestjs/common';
import { CampaignsModule } from '../campaigns/index.js';
import { IdentityModule } from '../identity/index.js';
import { PartnerManagementModule } from '../partner-management/index.js';
import { Branches } from './branches.service.js';
import { OperatorSubAffiliatesController } from './operator-sub-affiliates.controller.js';
import { PartnerSubAffiliatesController } from './partner-sub-affiliates.controller.js';
import { ReferralsPersonalData } from './referrals-personal-data.js';
import { SignUpsConsumer } from './sign-ups.consumer.js';
import { SubAffiliateNames } from './sub-affiliate-names.js';
import { SubAffiliateTree } from './sub-affiliate-tree.service.js';
import { SubAffiliates } from './sub-affiliates.service.js';

/** The room of partners who bring partners. */
@Module({
  imports: [IdentityModule, PartnerManagementModule, CampaignsModule],
  controllers: [PartnerSubAffiliatesController, OperatorSubAffiliatesController],
  providers: [
    Branches,
    SubAffiliates,
    SubAffiliateTree,
    SubAffiliateNames,
    SignUpsConsumer,
    ReferralsPersonalData,
  ],
  exports: [Branches, SubAffiliates],
})
export class ReferralsModule {}
