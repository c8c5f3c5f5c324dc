export { Accounts } from './accounts.service.js';
export {
  type ActingUser,
  type Actor,
  CurrentActor,
  Financial,
  FINANCIAL_ACTION,
  type PartnerActor,
  Requires,
  REQUIRED_PERMISSION,
  STATISTIC_TOKEN_ROUTE,
  StatisticTokenRoute,
} from './actor.js';
export { AuditLog } from './audit-log.service.js';
export { EventDetails } from './event-details.service.js';
export { needsActive, type Permission, rolesOf } from './domain/permissions.js';
export { EventLog } from './event-log.service.js';
export { IdentityModule } from './identity.module.js';
export { contactOf } from './partner-contact.js';
export {
  ImpersonationLog,
  type ImpersonationLogEntry,
  LOG_KINDS,
  type LogKind,
} from './impersonation-log.service.js';
export { Impersonations } from './impersonations.service.js';
export { Passwords } from './passwords.service.js';
export { rateClassOf } from './rate-class.js';
