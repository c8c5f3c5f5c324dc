export { type RequestKind } from './domain/request-life.js';
export { normaliseHandle, SOCIAL_PLATFORMS } from './domain/social-account.js';
export { Entitlements } from './packages/entitlements.service.js';
export { ImportedPartner, ImportedPartners } from './imported-partners.service.js';
export { Inviters } from './inviters.js';
export {
  PARTNER_REGISTERED,
  type PartnerRegistered,
  TERMS_ACCEPTED_AT_SIGN_UP,
  type TermsAcceptedAtSignUp,
} from './partner-management.events.js';
export { PartnerManagementModule } from './partner-management.module.js';
export { Partners } from './partners.service.js';
export { PARTNER_KINDS, type PartnerKind } from './registration.dto.js';
export { PersonalManagerDto } from './personal-managers.dto.js';
export { PersonalManagers } from './personal-managers.service.js';
export { SocialAccountDto } from './social-accounts.dto.js';
export { SocialAccounts } from './social-accounts.service.js';
export { type Suspension, SuspensionBook, suspendedSql } from './suspension-book.js';
