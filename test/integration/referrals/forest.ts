import fc from 'fast-check';
import { Ids } from '../../../src/platform/index.js';
import type { TestApp } from '../../support/app.js';
import type { Promo } from './scene.js';

/** A partner of the tree: whom it came through (an earlier one, or the root), and by which promo. */
export interface Node {
  id: string;
  parent: number | null;
  promo: Promo;
}

/** Puts partners and their connections under a root into the database. */
export async function plant(
  app: TestApp,
  rootId: string,
  parents: readonly (number | null)[],
  promos: readonly Promo[],
): Promise<Node[]> {
  const ids = app.app.get(Ids);
  const nodes = parents.map((parent, index) => ({
    id: ids.next(),
    parent,
    promo: promos[index % promos.length]!,
  }));
  await app.db.query(
    `INSERT INTO partners (id, name, kind, state, country, package_id, created_at)
     SELECT id, 'Node', 'affiliate', 'active', 'DE', (SELECT id FROM packages LIMIT 1), now()
       FROM unnest($1::uuid[]) AS id`,
    [nodes.map(({ id }) => id)],
  );
  // Connections keep plans of foreign keys from when there were few partners: they read all of them for each new row.
  await app.asOwner('ANALYZE partners');
  await app.db.query(
    `INSERT INTO sub_affiliates (partner_id, inviter_id, campaign_id, promo_id, connected_at)
     SELECT id, inviter, campaign, promo, now()
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) AS node (id, inviter, campaign, promo)`,
    [
      nodes.map(({ id }) => id),
      nodes.map(({ parent }) => (parent === null ? rootId : nodes[parent]!.id)),
      nodes.map(({ promo }) => promo.campaignId),
      nodes.map(({ promo }) => promo.id),
    ],
  );
  return nodes;
}

/** What the root should see of a node: its level and the promo that the branch began with. */
export function expected(nodes: readonly Node[], node: Node): { id: string; level: number; promoId: string } {
  let level = 1;
  let first = node;
  while (first.parent !== null) {
    first = nodes[first.parent]!;
    level += 1;
  }
  return { id: node.id, level, promoId: first.promo.id };
}

/** Each came through the root or through one of those before it. */
export const forest = fc
  .array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 25 })
  .map((draws) => draws.map((draw, index) => (draw % (index + 1) === 0 ? null : (draw % (index + 1)) - 1)));
