import { Module } from '@nestjs/common';
import { BillingModule } from '../billing/index.js';
import { PartnerManagementModule } from '../partner-management/index.js';
import { DisplayCurrency } from './display-currency.service.js';
import { PerformanceReportController } from './performance-report.controller.js';
import { ProgramReportController } from './program-report.controller.js';
import { ReportApiController } from './report-api.controller.js';
import { ReportCampaigns } from './report-campaigns.service.js';
import { Reports } from './reports.service.js';
import { OperatorSubAffiliatesController } from './sub-affiliates/operator-sub-affiliates.controller.js';
import { PartnerSubAffiliatesController } from './sub-affiliates/partner-sub-affiliates.controller.js';
import { SubAffiliateAnswers } from './sub-affiliates/sub-affiliate-answers.service.js';
import { SubAffiliateList } from './sub-affiliates/sub-affiliate-list.service.js';
import { SubAffiliateReport } from './sub-affiliates/sub-affiliate-report.service.js';

/** Figures over the facts of all rooms. */
@Module({
  imports: [PartnerManagementModule, BillingModule],
  controllers: [
    ReportApiController,
    PerformanceReportController,
    ProgramReportController,
    PartnerSubAffiliatesController,
    OperatorSubAffiliatesController,
  ],
  providers: [
    Reports,
    ReportCampaigns,
    DisplayCurrency,
    SubAffiliateList,
    SubAffiliateReport,
    SubAffiliateAnswers,
  ],
})
export class ReportsModule {}
