export { BillRunExecutor } from './bill-run.executor.js';
export { BillRuns, type BillRunView } from './bill-runs.service.js';
export { PLAYERS_QUALIFIED, type PlayersQualified, type QualificationAction } from './billing.events.js';
export { BillingModule } from './billing.module.js';
