export { PartnerManagementModule } from './partner-management.module.js';
export { Partners } from './partners.service.js';
export { PartnershipRequests } from './partnership-requests.service.js';
export { Registration } from './registration.service.js';
