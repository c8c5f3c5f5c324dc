import { Module } from '@nestjs/common';
import { BrandsModule } from '../brands/index.js';
import { IdentityModule } from '../identity/index.js';
import { PartnerManagementModule } from '../partner-management/index.js';
import { WalletModule } from '../wallet/index.js';
import { BrandPublicCampaignsController } from './campaigns/brand-public-campaigns.controller.js';
import { OperatorPublicCampaignsController } from './campaigns/operator-public-campaigns.controller.js';
import { PublicCampaigns } from './campaigns/public-campaigns.service.js';
import { JobSearch } from './jobs/job-search.service.js';
import { ParticipationsController } from './jobs/participations.controller.js';
import { PartnerJobsController } from './jobs/partner-jobs.controller.js';
import { CreatorAccounts } from './joining/creator-accounts.service.js';
import { JoiningCampaigns } from './joining/joining.service.js';
import { Accruals } from './posts/accruals.service.js';
import { ApprovalNews } from './posts/approval-news.service.js';
import { BrandPostsController } from './posts/brand-posts.controller.js';
import { CampaignEndsJob } from './posts/campaign-ends.job.js';
import { CampaignEnds } from './posts/campaign-ends.service.js';
import { CampaignPostingsCheck } from './posts/campaign-postings.check.js';
import { PartnerPostsController } from './posts/partner-posts.controller.js';
import { PaymentRequests } from './posts/payment-requests.service.js';
import { PostCollection } from './posts/post-collection.service.js';
import { PostDesk } from './posts/post-desk.service.js';
import { PostReviews } from './posts/post-reviews.service.js';
import { PostSubmissions } from './posts/post-submissions.service.js';
import { PostsToCollect } from './posts/posts-to-collect.service.js';
import { PublicCampaignsPersonalData } from './public-campaigns-personal-data.js';
import { PostCollectorJob } from './social/collection/post-collector.job.js';
import { PostCollector } from './social/collection/post-collector.service.js';
import { SocialModule } from './social/social.module.js';

/** The room of public engagement campaigns (E01 to E08). */
@Module({
  imports: [IdentityModule, WalletModule, PartnerManagementModule, BrandsModule, SocialModule],
  controllers: [
    BrandPublicCampaignsController,
    OperatorPublicCampaignsController,
    BrandPostsController,
    PartnerJobsController,
    ParticipationsController,
    PartnerPostsController,
  ],
  providers: [
    Accruals,
    ApprovalNews,
    CampaignEnds,
    CampaignEndsJob,
    CampaignPostingsCheck,
    CreatorAccounts,
    JobSearch,
    JoiningCampaigns,
    PaymentRequests,
    PostCollection,
    PostCollector,
    PostCollectorJob,
    PostDesk,
    PostReviews,
    PostSubmissions,
    PostsToCollect,
    PublicCampaigns,
    PublicCampaignsPersonalData,
  ],
})
export class PublicCampaignsModule {}
