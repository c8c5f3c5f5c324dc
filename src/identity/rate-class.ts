import { RATE_CLASS, type RateClass } from '../platform/index.js';
import { STATISTIC_TOKEN_ROUTE } from './actor.js';

/**
 * What a route is counted as: what it names itself, or what follows from its policy and method.
 * @param read gives the route's metadata by key
 * @param method of HTTP, in any case
 */
export function rateClassOf(read: (key: string) => unknown, method: string): RateClass {
  const named = read(RATE_CLASS) as RateClass | undefined;
  if (named) return named;
  if (read(STATISTIC_TOKEN_ROUTE) !== undefined) return 'report';
  return /^(GET|HEAD)$/i.test(method) ? 'read' : 'write';
}
