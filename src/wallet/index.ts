export { CashoutDecisions } from './cashout-decisions.service.js';
export { CashoutRequests } from './cashout-requests.service.js';
export { type AccountName } from './domain/accounts.js';
export { Ledger } from './ledger.service.js';
export { PaymentMethods } from './payment-methods.service.js';
export { type ReconciliationRun, ReconciliationRuns } from './reconciliation-runs.service.js';
export { describeMismatch, type Mismatch, Reconciliation } from './reconciliation.service.js';
export { WalletModule } from './wallet.module.js';
export { Wallets } from './wallets.service.js';
