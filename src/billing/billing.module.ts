import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BrandsModule } from '../brands/index.js';
import { CampaignsModule } from '../campaigns/index.js';
import { CommissionsModule } from '../commissions/index.js';
import { IdentityModule } from '../identity/index.js';
import { PartnerManagementModule } from '../partner-management/index.js';
import { ReferralsModule } from '../referrals/index.js';
import { TrackingModule } from '../tracking/index.js';
import { WalletModule } from '../wallet/index.js';
import { ApprovalLimitRates } from './approvals/approval-limit.rates.js';
import { BillApprovalRun } from './approvals/bill-approval-run.entity.js';
import { BillApprovals } from './approvals/bill-approvals.service.js';
import { BulkApprovalWorker } from './approvals/bulk-approval.job.js';
import { BulkApprovalsController } from './approvals/bulk-approvals.controller.js';
import { BulkApprovals } from './approvals/bulk-approvals.service.js';
import { BillActions } from './bill-actions.service.js';
import { BillBooks } from './bill-books.js';
import { BillCancellations } from './bill-cancellations.service.js';
import { BillCorrections } from './bill-corrections.service.js';
import { BillCorrection } from './bill-correction.entity.js';
import { BillExplanation } from './bill-explanation.entity.js';
import { BillHold } from './bill-hold.entity.js';
import { BillHoldsJob } from './bill-holds.job.js';
import { BillHolds } from './bill-holds.service.js';
import { BillLine } from './bill-line.entity.js';
import { BillMaker } from './bill-maker.service.js';
import { BillObstacles } from './bill-obstacles.service.js';
import { BillPayoutsCheck } from './bill-payouts.check.js';
import { BillPayoutsJob } from './bill-payouts.job.js';
import { BillPayouts } from './bill-payouts.service.js';
import { BillPostingsCheck } from './bill-postings.check.js';
import { BillRun } from './bill-run.entity.js';
import { DuePlans } from './due-plans.service.js';
import { BillRunExecutor } from './bill-run.executor.js';
import { BillRunWaker } from './bill-run.job.js';
import { BillRunsController } from './bill-runs.controller.js';
import { BillRuns } from './bill-runs.service.js';
import { Bill } from './bill.entity.js';
import { BillingPersonalData } from './billing-personal-data.js';
import { BillsInWallets } from './bills-in-wallets.js';
import { Bills } from './bills.service.js';
import { EcbRatesJob } from './exchange-rates/ecb-rates.job.js';
import { EcbSource } from './exchange-rates/ecb-source.js';
import { ExchangeRatesController } from './exchange-rates/exchange-rates.controller.js';
import { ExchangeRates } from './exchange-rates/exchange-rates.service.js';
import { RateBook } from './exchange-rates/rate-book.js';
import { RateEntries } from './exchange-rates/rate-entries.service.js';
import { RateList } from './exchange-rates/rate-list.service.js';
import { ExplanationsController } from './explain/explanations.controller.js';
import { BillParts } from './explain/bill-parts.service.js';
import { LineExplanations } from './explain/line-explanations.service.js';
import { LineParts } from './explain/line-parts.service.js';
import { PeriodsNow } from './explain/periods-now.service.js';
import { PlayerExplanations } from './explain/player-explanations.service.js';
import { OperatorBillFilesController, PartnerBillFilesController } from './files/bill-files.controllers.js';
import { BillFiles } from './files/bill-files.service.js';
import { OperatorBillsController } from './operator-bills.controller.js';
import { PartnerBillsController } from './partner-bills.controller.js';
import { PlanPreviewsController } from './previews/plan-previews.controller.js';
import { PlanPreviews } from './previews/plan-previews.service.js';
import { PreviewBranches } from './previews/preview-branches.service.js';
import { PreviewFacts } from './previews/preview-facts.service.js';
import { Qualifications } from './qualifications.service.js';
import { ReviewHolds } from './review-holds.service.js';
import { SubAffiliateCommissions } from './sub-affiliate-commissions.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([
      Bill,
      BillLine,
      BillExplanation,
      BillCorrection,
      BillHold,
      BillRun,
      BillApprovalRun,
    ]),
    IdentityModule,
    WalletModule,
    PartnerManagementModule,
    BrandsModule,
    CommissionsModule,
    CampaignsModule,
    ReferralsModule,
    TrackingModule,
  ],
  controllers: [
    PartnerBillsController,
    PartnerBillFilesController,
    BulkApprovalsController,
    OperatorBillsController,
    OperatorBillFilesController,
    BillRunsController,
    ExchangeRatesController,
    ExplanationsController,
    PlanPreviewsController,
  ],
  providers: [
    Bills,
    BillsInWallets,
    ApprovalLimitRates,
    BillActions,
    BillApprovals,
    BulkApprovals,
    BulkApprovalWorker,
    BillBooks,
    BillCancellations,
    BillCorrections,
    BillFiles,
    BillHolds,
    BillHoldsJob,
    BillingPersonalData,
    BillMaker,
    BillObstacles,
    BillPayouts,
    BillPayoutsCheck,
    BillPayoutsJob,
    BillPostingsCheck,
    BillRuns,
    BillRunExecutor,
    DuePlans,
    BillRunWaker,
    EcbRatesJob,
    EcbSource,
    ExchangeRates,
    BillParts,
    LineExplanations,
    LineParts,
    PeriodsNow,
    PlayerExplanations,
    PlanPreviews,
    PreviewBranches,
    PreviewFacts,
    Qualifications,
    RateBook,
    RateEntries,
    RateList,
    ReviewHolds,
    SubAffiliateCommissions,
  ],
  exports: [BillRuns, BillRunExecutor, ExchangeRates, PlayerExplanations, Qualifications],
})
export class BillingModule {}
