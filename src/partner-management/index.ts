export { PartnerManagementModule } from './partner-management.module.js';
export { Partners } from './partners.service.js';
