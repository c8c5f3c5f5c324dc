export { Accounts } from './accounts.service.js';
export {
  type ActingUser,
  type Actor,
  type BrandActor,
  CurrentActor,
  Financial,
  FINANCIAL_ACTION,
  FRESH_SIGN_IN,
  FreshSignIn,
  type PartnerActor,
  Requires,
  REQUIRED_PERMISSION,
  STATISTIC_TOKEN_ROUTE,
  type StatisticTokenPlace,
  StatisticTokenRoute,
} from './actor.js';
export { type AuditActor, AuditLog } from './audit-log.service.js';
export { DoneResponse, SessionListResponse } from './auth.dto.js';
export { keptFromImpersonators, needsActive, type Permission, rolesOf } from './domain/permissions.js';
export { ROLES } from './domain/team-rules.js';
export { EVENT_CATALOGUE, eventSentence, type EventType } from './domain/event-catalogue.js';
export { EventDetails } from './event-details.service.js';
export { EventLog, type LoggedEvent, type LoggedEvents, PARTNER_EVENTS } from './event-log.service.js';
export { IdentityModule } from './identity.module.js';
export { type Mandate, Mandates, type MandateStanding } from './mandates.service.js';
export { Invitations } from './members/invitations.service.js';
export { MemberBlocks } from './members/member-blocks.service.js';
export { MemberChanges } from './members/member-changes.service.js';
export {
  INVITATION_TEXT,
  InviteDto,
  OperatorUserDto,
  TeamMemberDto,
  toTeamMember,
} from './members/members.dto.js';
export { MEMBER_STATES, Members, type MemberState } from './members/members.service.js';
export { MemberTraces } from './member-traces.service.js';
export { PartnerAccess } from './partner-access.service.js';
export { greeted, type Reader } from './domain/greeting.js';
export { contactOf } from './partner-contact.js';
export {
  ImpersonationLog,
  type ImpersonationLogEntry,
  LOG_KINDS,
  type LogKind,
} from './impersonation-log.service.js';
export { Impersonations } from './impersonations.service.js';
export { BrowserCookie } from './oidc/browser-cookie.js';
export { PartnerMails } from './partner-mails.service.js';
export { Passwords } from './passwords.service.js';
export { rateClassOf } from './rate-class.js';
export { Sessions, SIGNED_IN, type SignedIn } from './sessions.service.js';
export {
  type Attachment,
  type ErasureObstacle,
  type HeldTable,
  PersonalData,
  type RoomPersonalData,
} from './personal-data/personal-data.service.js';
export { assertSteppedUp } from './permission.guard.js';
export { Reauthentication } from './reauthentication.service.js';
export { htmlPage, messagePage, tokenPage } from './token-page.js';
