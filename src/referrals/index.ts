export { type Branch, Branches } from './branches.service.js';
export { LEVELS } from './levels.js';
export { ReferralsModule } from './referrals.module.js';
export { SubAffiliates, type TakenOver } from './sub-affiliates.service.js';
