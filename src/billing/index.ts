export { BillRunExecutor } from './bill-run.executor.js';
export { BillRuns, type BillRunView } from './bill-runs.service.js';
export {
  PLAYERS_QUALIFIED,
  type PlayersQualified,
  type QualificationAction,
  qualificationEventId,
} from './billing.events.js';
export { BillingModule } from './billing.module.js';
export { convertMoney } from './exchange-rates/domain/convert.js';
export { ExchangeRates, type RateOn } from './exchange-rates/exchange-rates.service.js';
export { EARNED_FOR_THOSE_ABOVE } from './sub-affiliate-commissions.service.js';
export type { PlayerExplanationDto } from './explain/player-explanation.dto.js';
export { PlayerExplanations } from './explain/player-explanations.service.js';
export { Qualifications } from './qualifications.service.js';
