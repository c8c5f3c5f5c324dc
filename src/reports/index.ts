export { ReportsModule } from './reports.module.js';
export { Rollups } from './rollups/rollups.service.js';
export { RollupsCheck } from './rollups/rollups-check.service.js';
