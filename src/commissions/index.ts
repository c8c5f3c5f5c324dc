export { type ApprovedOrder, calculatePeriod, countedThings, type PeriodFacts } from './domain/calculate.js';
export { type ColumnGroup, columnGroups } from './domain/column-groups.js';
export type { Line, LineExplanation } from './domain/line.js';
export { countedParts, RevenueParts, shareAlong } from './domain/line-parts.js';
export { lineInWords } from './domain/line-words.js';
export { barringFlags, payingStrategy, type Registration } from './domain/registrations.js';
export type { PromoActivity } from './domain/revshare.js';
export {
  ACTIVITY_COLUMNS,
  columnsOfMeasure,
  COUNT_COLUMNS,
  evaluateMeasureScaled,
  MEASURES,
  measureSql,
  MONEY_COLUMNS,
  type ActivityColumn,
  type ActivitySums,
  type MeasureName,
} from './domain/measures.js';
export {
  closedPeriods,
  lastClosedPeriod,
  periodContaining,
  type Period,
  type PeriodKind,
} from './domain/periods.js';
export {
  assessQualification,
  type CriterionResult,
  firstQualification,
  type Qualification,
} from './domain/qualification.js';
export type { PlanTerms, Strategy } from './domain/strategy.js';
export { versionAt } from './domain/version-at.js';
export type { SubAffiliateBase } from './domain/sub-affiliates.js';
export {
  CommissionPlans,
  type PlanInLine,
  type PlanVersion,
  type PlanWithVersions,
} from './commission-plans.service.js';
export { CommissionsModule } from './commissions.module.js';
export { paysForOthersSql } from './pays-for-others-sql.js';
export { CreateCommissionPlanDto, UpdateCommissionPlanDto } from './commission-plans.dto.js';
export { describeTerms } from './domain/describe.js';
export { storeStrategy } from './domain/strategy-json.js';
export { type DraftPlan, PlanDrafts } from './plan-drafts.service.js';
export { type NewPlan, PlanEditor } from './plan-editor.service.js';
