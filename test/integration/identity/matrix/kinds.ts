import { insert, type Scene, type Tenant } from './scene.js';

/** When things were made. */
export const AT = '2026-11-01T00:00:00Z';

/**
 * How to get what a path parameter names: a new object for every call, so that the route may change or delete it.
 * `parents` are the ids of the parameters before it.
 */
export interface Kind {
  make: (scene: Scene, tenant: Tenant, parents: string[]) => Promise<string>;
  /** Nobody's in particular: there is no other tenant's one. */
  shared?: true;
}

/** An object of one table. */
export function row(table: string, values: (scene: Scene, tenant: Tenant) => object): Kind {
  return { make: (scene, tenant) => insert(scene.app, table, values(scene, tenant)) };
}
