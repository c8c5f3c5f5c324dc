export {
  calculatePeriod,
  lineKey,
  type Line,
  type LineExplanation,
  type PeriodFacts,
  type PromoActivity,
  type PromoQualifications,
} from './domain/calculate.js';
export { describeTerms } from './domain/describe.js';
export {
  ACTIVITY_COLUMNS,
  COUNT_COLUMNS,
  evaluateMeasure,
  evaluateMeasureScaled,
  MEASURE_SCALE,
  MEASURES,
  measureSql,
  measureTerms,
  MONEY_COLUMNS,
  type ActivityColumn,
  type ActivitySums,
  type MeasureName,
} from './domain/measures.js';
export {
  closedPeriods,
  isTimeZone,
  lastClosedPeriod,
  nextPeriod,
  periodContaining,
  type Period,
  type PeriodKind,
} from './domain/periods.js';
export {
  firstQualification,
  qualifiedAt,
  type Qualification,
  type QualifyingFacts,
  type QualifyingPlayer,
} from './domain/qualification.js';
export type { CpaCriteria, CpaStrategy, PlanTerms, RevshareStrategy, Strategy } from './domain/strategy.js';
export type { CommissionPlan } from './commission-plan.entity.js';
export {
  CommissionPlans,
  type PlanVersion,
  type PlanWithTerms,
  type PlanWithVersions,
} from './commission-plans.service.js';
export { CommissionsModule } from './commissions.module.js';
export { type NewPlan, PlanEditor } from './plan-editor.service.js';
