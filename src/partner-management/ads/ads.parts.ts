import { AdAddresses } from './ad-addresses.js';
import { AdCampaignEnds } from './ad-campaign-ends.job.js';
import { AdCampaignRuns } from './ad-campaign-runs.service.js';
import { AdCampaigns } from './ad-campaigns.service.js';
import { AdFileUploads } from './ad-file-uploads.service.js';
import { AdFiles } from './ad-files.service.js';
import { AdPackageRequests } from './ad-package-requests.service.js';
import { AdPackages } from './ad-packages.service.js';
import { AdPackageRequestsController, AdRequestsController } from './ad-requests.controller.js';
import { AdReviews } from './ad-reviews.service.js';
import { AdsPersonalData } from './ads-personal-data.js';
import { Ads } from './ads.service.js';
import { Impressions } from './impressions.service.js';
import { OperatorAdFilesController } from './operator-ad-files.controller.js';
import { OperatorAdPackagesController } from './operator-ad-packages.controller.js';
import { OperatorAdsController } from './operator-ads.controller.js';
import { PartnerAdCampaignRunsController } from './partner-ad-campaign-runs.controller.js';
import { PartnerAdCampaignsController } from './partner-ad-campaigns.controller.js';
import { PartnerAdFilesController } from './partner-ad-files.controller.js';
import { PartnerAdPackagesController } from './partner-ad-packages.controller.js';
import { PartnerAdsController } from './partner-ads.controller.js';
import { AdClicks } from './serving/ad-clicks.service.js';
import { AdDays } from './serving/ad-days.js';
import { AdServer } from './serving/ad-server.service.js';
import { AdServingController } from './serving/ad-serving.controller.js';
import { AdStatistics } from './serving/ad-statistics.service.js';
import { AdTokens } from './serving/ad-tokens.js';
import { RenderBook } from './serving/render-book.js';
import { Renders } from './serving/renders.service.js';

/** What the room's module takes of advertising. */
export const AD_CONTROLLERS = [
  OperatorAdPackagesController,
  PartnerAdPackagesController,
  AdPackageRequestsController,
  AdRequestsController,
  PartnerAdsController,
  OperatorAdsController,
  PartnerAdFilesController,
  OperatorAdFilesController,
  PartnerAdCampaignsController,
  PartnerAdCampaignRunsController,
  AdServingController,
];

export const AD_PROVIDERS = [
  AdPackages,
  AdPackageRequests,
  Impressions,
  AdAddresses,
  AdFiles,
  AdFileUploads,
  Ads,
  AdReviews,
  AdCampaigns,
  AdCampaignRuns,
  AdCampaignEnds,
  AdTokens,
  AdServer,
  AdDays,
  RenderBook,
  Renders,
  AdClicks,
  AdStatistics,
  AdsPersonalData,
];
