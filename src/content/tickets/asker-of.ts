import type { Actor } from '../../identity/index.js';
import type { Asker } from './ticket-rows.js';

/** Whose tickets an actor of a partner or a brand sees. */
export function askerOf({ partnerId, brandId }: Actor): Asker {
  return { partnerId, brandId };
}
