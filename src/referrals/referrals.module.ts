import { Module } from '@nestjs/common';
import { CampaignsModule } from '../campaigns/index.js';
import { IdentityModule } from '../identity/index.js';
import { PartnerManagementModule } from '../partner-management/index.js';
import { Branches } from './branches.service.js';
import { InviterFinder } from './inviter-finder.js';
import { ReferralsPersonalData } from './referrals-personal-data.js';
import { SignUpsConsumer } from './sign-ups.consumer.js';
import { SubAffiliateNames } from './sub-affiliate-names.js';
import { SubAffiliates } from './sub-affiliates.service.js';

/** The room of partners who bring partners. */
@Module({
  imports: [IdentityModule, PartnerManagementModule, CampaignsModule],
  providers: [
    Branches,
    SubAffiliates,
    InviterFinder,
    SubAffiliateNames,
    SignUpsConsumer,
    ReferralsPersonalData,
  ],
  exports: [Branches, SubAffiliates],
})
export class ReferralsModule {}
