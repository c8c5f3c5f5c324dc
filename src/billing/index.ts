export { BillActions, type NewCorrection } from './bill-actions.service.js';
export { BillRunExecutor } from './bill-run.executor.js';
export { BillRuns, type BillRunView, type NewBillRun } from './bill-runs.service.js';
export {
  BILL_APPROVED,
  type BillApproved,
  PLAYERS_QUALIFIED,
  type PlayersQualified,
  type QualificationAction,
} from './billing.events.js';
export { BillingModule } from './billing.module.js';
export { Bills } from './bills.service.js';
