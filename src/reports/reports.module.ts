import { Module } from '@nestjs/common';
import { BillingModule } from '../billing/index.js';
import { PartnerManagementModule } from '../partner-management/index.js';
import { DisplayCurrency } from './display-currency.service.js';
import { PerformanceReportController } from './performance-report.controller.js';
import { PerformanceReportService } from './performance-report.service.js';
import { ReportApiController } from './report-api.controller.js';
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
    PartnerSubAffiliatesController,
    OperatorSubAffiliatesController,
  ],
  providers: [
    PerformanceReportService,
    DisplayCurrency,
    SubAffiliateList,
    SubAffiliateReport,
    SubAffiliateAnswers,
  ],
})
export class ReportsModule {}
