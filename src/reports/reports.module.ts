import { Module } from '@nestjs/common';
import { BillingModule } from '../billing/index.js';
import { BrandsModule } from '../brands/index.js';
import { ContentModule } from '../content/index.js';
import { IdentityModule } from '../identity/index.js';
import { PartnerManagementModule } from '../partner-management/index.js';
import { WalletModule } from '../wallet/index.js';
import { BrandDashboard } from './dashboards/brand-dashboard.service.js';
import { DashboardFigures } from './dashboards/dashboard-figures.service.js';
import { DashboardShowcase } from './dashboards/dashboard-showcase.service.js';
import { DashboardsController } from './dashboards/dashboards.controller.js';
import { OperatorDashboard } from './dashboards/operator-dashboard.service.js';
import { PartnerDashboard } from './dashboards/partner-dashboard.service.js';
import { DisplayCurrency } from './display-currency.service.js';
import { FeedsController } from './exports/feeds.controller.js';
import { ReportFiles } from './exports/report-files.service.js';
import { ReportReader } from './exports/report-reader.service.js';
import { FavouritesController, OperatorFavouritesController } from './favourites/favourites.controller.js';
import { Favourites } from './favourites/favourites.service.js';
import { PerformanceReportController } from './performance-report.controller.js';
import { ProgramReportController } from './program-report.controller.js';
import { ReportAnswers } from './report-answers.service.js';
import { ReportApiController } from './report-api.controller.js';
import { ReportCampaigns } from './report-campaigns.service.js';
import { ReportQueries } from './report-queries.service.js';
import { ReportsPersonalData } from './reports-personal-data.js';
import { Reports } from './reports.service.js';
import { ReportDownloads } from './requests/report-downloads.service.js';
import { ReportRequestFiles } from './requests/report-request-files.js';
import { ReportRequestMaker } from './requests/report-request-maker.js';
import { ReportRequestNews } from './requests/report-request-news.js';
import { ReportRequestsApiController } from './requests/report-requests-api.controller.js';
import {
  OperatorReportRequestsController,
  ReportRequestsController,
} from './requests/report-requests.controller.js';
import { ReportRequestWaker } from './requests/report-requests.job.js';
import { ReportRequests } from './requests/report-requests.service.js';
import { RollupsCheck } from './rollups/rollups-check.service.js';
import { RollupsJob } from './rollups/rollups.job.js';
import { Rollups } from './rollups/rollups.service.js';
import { OperatorSubAffiliatesController } from './sub-affiliates/operator-sub-affiliates.controller.js';
import { PartnerSubAffiliatesController } from './sub-affiliates/partner-sub-affiliates.controller.js';
import { SubAffiliateAnswers } from './sub-affiliates/sub-affiliate-answers.service.js';
import { SubAffiliateList } from './sub-affiliates/sub-affiliate-list.service.js';
import { SubAffiliateReport } from './sub-affiliates/sub-affiliate-report.service.js';

/** Figures over the facts of all rooms. */
@Module({
  imports: [
    IdentityModule,
    WalletModule,
    PartnerManagementModule,
    BrandsModule,
    BillingModule,
    ContentModule,
  ],
  controllers: [
    ReportApiController,
    PerformanceReportController,
    ProgramReportController,
    PartnerSubAffiliatesController,
    OperatorSubAffiliatesController,
    ReportRequestsApiController,
    FavouritesController,
    OperatorFavouritesController,
    ReportRequestsController,
    OperatorReportRequestsController,
    FeedsController,
    DashboardsController,
  ],
  providers: [
    Reports,
    ReportCampaigns,
    Rollups,
    RollupsCheck,
    RollupsJob,
    DisplayCurrency,
    SubAffiliateList,
    SubAffiliateReport,
    SubAffiliateAnswers,
    ReportQueries,
    ReportAnswers,
    ReportReader,
    ReportFiles,
    Favourites,
    ReportRequests,
    ReportRequestFiles,
    ReportRequestMaker,
    ReportRequestNews,
    ReportRequestWaker,
    ReportDownloads,
    ReportsPersonalData,
    DashboardFigures,
    DashboardShowcase,
    PartnerDashboard,
    BrandDashboard,
    OperatorDashboard,
  ],
})
export class ReportsModule {}
