export { Accounts } from './accounts.service.js';
export {
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
export { EventLog } from './event-log.service.js';
export { IdentityModule } from './identity.module.js';
export { contactOf } from './partner-contact.js';
export { Passwords } from './passwords.service.js';
