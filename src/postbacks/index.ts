export { DeliveryEngine } from './delivery/delivery-engine.js';
export { PostbacksModule } from './postbacks.module.js';
