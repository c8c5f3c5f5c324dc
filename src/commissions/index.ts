export {
  calculatePeriod,
  type Line,
  type PromoActivity,
  type PromoQualifications,
} from './domain/calculate.js';
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
export { firstQualification } from './domain/qualification.js';
export { CommissionPlans, type PlanVersion, type PlanWithVersions } from './commission-plans.service.js';
export { CommissionsModule } from './commissions.module.js';
export { type NewPlan, PlanEditor } from './plan-editor.service.js';
