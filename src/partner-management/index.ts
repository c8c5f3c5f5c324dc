export { SOCIAL_PLATFORMS } from './domain/social-account.js';
export { ImportedPartner, ImportedPartners } from './imported-partners.service.js';
export { Inviters } from './inviters.js';
export { PARTNER_REGISTERED, type PartnerRegistered } from './partner-management.events.js';
export { PartnerManagementModule } from './partner-management.module.js';
export { Partners } from './partners.service.js';
export { type Suspension, SuspensionBook, suspendedSql } from './suspension-book.js';
