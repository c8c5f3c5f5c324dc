export { FactsService, type FactsScope, type PlayerToQualify } from './facts.service.js';
