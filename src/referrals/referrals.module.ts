import { Module } from '@nestjs/common';
import { CampaignsModule } from '../campaigns/index.js';
import { IdentityModule } from '../identity/index.js';
import { PartnerManagementModule } from '../partner-management/index.js';
import { WalletModule } from '../wallet/index.js';
import { Branches } from './branches.service.js';
import { InviterFinder } from './inviter-finder.js';
import { OperatorReferralsController } from './program/operator-referrals.controller.js';
import { PartnerReferralsController } from './program/partner-referrals.controller.js';
import { ReferralCodes } from './program/referral-codes.service.js';
import { ReferralConditions } from './program/referral-conditions.service.js';
import { ReferralEntry } from './program/referral-entry.service.js';
import { ReferralOverview } from './program/referral-overview.service.js';
import { ReferralProgressJob } from './program/referral-progress.job.js';
import { ReferralProgress } from './program/referral-progress.service.js';
import { ReferralRewards } from './program/referral-rewards.service.js';
import { ReferralSignUpsConsumer } from './program/referral-sign-ups.consumer.js';
import { ReferralTermsBook } from './program/referral-terms.service.js';
import { SamePerson } from './program/same-person.service.js';
import { ReferralsPersonalData } from './referrals-personal-data.js';
import { SignUpsConsumer } from './sign-ups.consumer.js';
import { SubAffiliateNames } from './sub-affiliate-names.js';
import { SubAffiliates } from './sub-affiliates.service.js';

/** The room of partners who bring partners: sub-affiliates, and the referral program. */
@Module({
  imports: [IdentityModule, WalletModule, PartnerManagementModule, CampaignsModule],
  controllers: [PartnerReferralsController, OperatorReferralsController],
  providers: [
    Branches,
    SubAffiliates,
    InviterFinder,
    SubAffiliateNames,
    SignUpsConsumer,
    ReferralsPersonalData,
    ReferralTermsBook,
    ReferralCodes,
    ReferralConditions,
    ReferralEntry,
    ReferralOverview,
    ReferralProgress,
    ReferralProgressJob,
    ReferralRewards,
    ReferralSignUpsConsumer,
    SamePerson,
  ],
  exports: [Branches, SubAffiliates],
})
export class ReferralsModule {}
