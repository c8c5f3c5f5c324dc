import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IdentityModule } from '../identity/index.js';
import { AccountHolders } from './account-holders.service.js';
import { ApprovalLimit } from './approval-limit.service.js';
import { CashoutDecisions } from './cashout-decisions.service.js';
import { CashoutHistory } from './cashout-history.service.js';
import { CashoutNews } from './cashout-news.service.js';
import { CashoutRequests } from './cashout-requests.service.js';
import { BalanceCorrectionsController } from './corrections/balance-corrections.controller.js';
import { BalanceCorrections } from './corrections/balance-corrections.service.js';
import { CorrectionBook } from './corrections/correction-book.js';
import { CorrectionPosting } from './corrections/correction-posting.service.js';
import { Earnings } from './earnings.service.js';
import { Ledger } from './ledger.service.js';
import { OpeningBalances } from './opening-balances.service.js';
import { OperatorWalletsController } from './operator-wallets.controller.js';
import { OperatorCashoutsController } from './operator-cashouts.controller.js';
import { OperatorPaymentMethodTypesController } from './operator-payment-method-types.controller.js';
import { PartnerCashoutsController } from './partner-cashouts.controller.js';
import { PartnerWalletController } from './partner-wallet.controller.js';
import { PaymentMethodTypes } from './payment-method-types.service.js';
import { PaymentMethod } from './payment-method.entity.js';
import { PaymentMethodsController } from './payment-methods.controller.js';
import { PaymentMethodsInEvents } from './payment-methods-in-events.js';
import { PaymentMethods } from './payment-methods.service.js';
import { PaypalPayouts } from './payouts/paypal-payouts.js';
import { PayoutBatchesController } from './payouts/payout-batches.controller.js';
import { PayoutBatches } from './payouts/payout-batches.service.js';
import { PayoutDeliveryJob } from './payouts/payout-delivery.job.js';
import { PayoutDelivery } from './payouts/payout-delivery.service.js';
import { PayoutExport } from './payouts/payout-export.service.js';
import { PayoutFilesController } from './payouts/payout-files.controller.js';
import { PayoutFollowUp } from './payouts/payout-follow-up.service.js';
import { PayoutImports } from './payouts/payout-imports.service.js';
import { PayoutMarks } from './payouts/payout-marks.service.js';
import { PayoutOverview } from './payouts/payout-overview.service.js';
import { PayoutProvider } from './payouts/payout-provider.js';
import { PayoutResults } from './payouts/payout-results.service.js';
import { ReconciliationRuns } from './reconciliation-runs.service.js';
import { ReconciliationController } from './reconciliation.controller.js';
import { ReconciliationJob } from './reconciliation.job.js';
import { Reconciliation } from './reconciliation.service.js';
import { CashoutScheduleBook } from './schedules/cashout-schedule-book.js';
import { CashoutScheduleLog } from './schedules/cashout-schedule-log.js';
import { CashoutScheduleNews } from './schedules/cashout-schedule-news.js';
import { CashoutSchedulesJob } from './schedules/cashout-schedules.job.js';
import { CashoutSchedules } from './schedules/cashout-schedules.service.js';
import { OperatorCashoutSchedulesController } from './schedules/operator-cashout-schedules.controller.js';
import { PartnerCashoutSchedulesController } from './schedules/partner-cashout-schedules.controller.js';
import { PartnerScheduleDatesController } from './schedules/partner-schedule-dates.controller.js';
import { ScheduleMoves } from './schedules/schedule-moves.service.js';
import { ScheduleRunner } from './schedules/schedule-runner.service.js';
import { ScheduleTimer } from './schedules/schedule-timer.js';
import {
  OperatorStatementsController,
  PartnerStatementsController,
} from './statements/statements.controllers.js';
import { Statements } from './statements/statements.service.js';
import { TransactionAnswers } from './transaction-answers.js';
import { Transactions } from './transactions.service.js';
import { WalletPersonalData } from './wallet-personal-data.js';
import { WalletOwners } from './wallet-owners.service.js';
import { WalletFreezes } from './wallet-freezes.service.js';
import { Wallets } from './wallets.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([PaymentMethod]), IdentityModule],
  controllers: [
    PartnerWalletController,
    PartnerStatementsController,
    OperatorWalletsController,
    OperatorStatementsController,
    PaymentMethodsController,
    PartnerCashoutsController,
    OperatorCashoutsController,
    OperatorPaymentMethodTypesController,
    ReconciliationController,
    BalanceCorrectionsController,
    PartnerScheduleDatesController,
    PartnerCashoutSchedulesController,
    OperatorCashoutSchedulesController,
    PayoutBatchesController,
    PayoutFilesController,
  ],
  providers: [
    Earnings,
    AccountHolders,
    ApprovalLimit,
    BalanceCorrections,
    CorrectionBook,
    CorrectionPosting,
    WalletOwners,
    Ledger,
    OpeningBalances,
    Wallets,
    Transactions,
    TransactionAnswers,
    Statements,
    Reconciliation,
    ReconciliationRuns,
    ReconciliationJob,
    WalletFreezes,
    PaymentMethodTypes,
    PaymentMethods,
    PaymentMethodsInEvents,
    CashoutHistory,
    CashoutNews,
    CashoutRequests,
    CashoutDecisions,
    CashoutScheduleBook,
    CashoutScheduleLog,
    CashoutScheduleNews,
    CashoutSchedules,
    CashoutSchedulesJob,
    ScheduleMoves,
    ScheduleRunner,
    ScheduleTimer,
    PayoutBatches,
    PayoutOverview,
    PayoutExport,
    PayoutResults,
    PayoutImports,
    PayoutMarks,
    { provide: PayoutProvider, useClass: PaypalPayouts },
    PayoutFollowUp,
    PayoutDelivery,
    PayoutDeliveryJob,
    WalletPersonalData,
  ],
  exports: [
    AccountHolders,
    ApprovalLimit,
    Earnings,
    WalletOwners,
    Ledger,
    OpeningBalances,
    Wallets,
    Reconciliation,
    ReconciliationRuns,
    PaymentMethods,
    CashoutRequests,
    CashoutDecisions,
  ],
})
export class WalletModule {}
