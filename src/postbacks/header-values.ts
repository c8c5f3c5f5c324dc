import type { Actor } from '../identity/index.js';

/** Whether the values of headers, which may be secrets of the tracker, are the actor's to see. */
export function seesHeaderValues({ permissions, impersonatorId }: Actor): boolean {
  return permissions.has('partner:postbacks:write') && impersonatorId === null;
}
