import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Ids } from '../../../src/platform/index.js';
import { SUB_AFFILIATE_TREE } from '../../../src/referrals/sub-affiliate-tree.service.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Calls, joinAsPartner, type Person } from '../../support/journey.js';
import { Caller, codeOf } from '../identity/scene.js';
import { partnerIdOf, type Promo, ReferralScene, type SubAffiliate } from './scene.js';

const LEVELS = 10;

let app: TestApp;
let scene: ReferralScene;
let ann: Person;
let annId: string;
let promos: Promo[];

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await ReferralScene.open(app);
  ann = await joinAsPartner(app, scene.operator, 'ann@partners.example');
  annId = await partnerIdOf(ann);
  promos = [await scene.promoOf(ann, 'First'), await scene.promoOf(ann, 'Second')];
});
afterAll(() => app.close());

/** A partner of the tree: whom it came through (an earlier one, or the root), and by which promo. */
interface Node {
  id: string;
  parent: number | null;
  promo: Promo;
}

/** Puts partners and their connections under a root into the database. */
async function plant(rootId: string, parents: readonly (number | null)[]): Promise<Node[]> {
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
function expected(nodes: readonly Node[], node: Node): { id: string; level: number; promoId: string } {
  let level = 1;
  let first = node;
  while (first.parent !== null) {
    first = nodes[first.parent]!;
    level += 1;
  }
  return { id: node.id, level, promoId: first.promo.id };
}

const seen = ({ id, level, promoId }: SubAffiliate) => ({ id, level, promoId });

async function all(who: Calls, path: string, query: string): Promise<SubAffiliate[]> {
  const items: SubAffiliate[] = [];
  let cursor = '';
  for (;;) {
    const page = body<{ items: SubAffiliate[]; nextCursor: string | null }>(
      await who.get(`${path}?${query}${cursor}`),
      200,
    );
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    cursor = `&cursor=${page.nextCursor}`;
  }
}

/** Each came through the root or through one of those before it. */
const forest = fc
  .array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 25 })
  .map((draws) => draws.map((draw, index) => (draw % (index + 1) === 0 ? null : (draw % (index + 1)) - 1)));

describe('A19 the tree of sub-affiliates', () => {
  it('shows everybody below at the right level under one’s own promo, page by page, for any tree', async () => {
    await fc.assert(
      fc.asyncProperty(
        forest,
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 4 }),
        async (parents, limit, level) => {
          const [root] = await plant(annId, [null]);
          const nodes = await plant(root!.id, parents);
          const path = `operator/partners/${root!.id}/sub-affiliates`;
          const wanted = nodes.map((node) => expected(nodes, node)).reverse();
          const { operator } = scene;
          expect((await all(operator, path, `limit=${limit}`)).map(seen)).toEqual(wanted);
          expect((await all(operator, path, `level=${level}&limit=${limit}`)).map(seen)).toEqual(
            wanted.filter((node) => node.level === level),
          );
          const { campaignId, id: promoId } = promos[1]!;
          expect((await all(operator, path, `campaignId=${campaignId}`)).map(seen)).toEqual(
            wanted.filter((node) => node.promoId === promoId),
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it('ends at the tenth level', async () => {
    const [root] = await plant(annId, [null]);
    const chain = await plant(root!.id, [null, ...Array.from({ length: 12 }, (_, index) => index)]);
    const path = `operator/partners/${root!.id}/sub-affiliates`;
    const items = await all(scene.operator, path, 'limit=200');
    expect(items.map(({ level }) => level)).toEqual(
      Array.from({ length: LEVELS }, (_, index) => LEVELS - index),
    );
    const [deepest] = await all(scene.operator, path, 'level=10');
    expect(deepest).toMatchObject({ id: chain[9]!.id, level: 10 });
    expect((await scene.operator.get(`${path}?level=11`)).status).toBe(400);
  });

  it('is one’s own only, and names no other filter', async () => {
    const other = await joinAsPartner(app, scene.operator, 'eve@partners.example');
    expect((await scene.list(other)).items).toEqual([]);
    const { campaignId } = promos[0]!;
    expect((await scene.list(other, `?campaignId=${campaignId}`)).items).toEqual([]);
    for (const query of ['level=0', 'level=1.5', 'level=a', 'campaignId=1', 'partnerId=1', 'cursor=x']) {
      expect((await other.get(`partner/sub-affiliates?${query}`)).status, query).toBe(400);
    }
    expect(codeOf(await other.get(`operator/partners/${annId}/sub-affiliates`))).toBe(
      '403 PERMISSION_DENIED',
    );
    expect(codeOf(await new Caller(app).get('partner/sub-affiliates'))).toBe('401 UNAUTHENTICATED');
  });

  it('is read by the index, whatever the size of the program', async () => {
    const [root] = await plant(annId, [null]);
    // Everybody brings three others.
    await plant(root!.id, [null, ...Array.from({ length: 20_000 }, (_, index) => Math.floor(index / 3))]);
    await app.db.query('ANALYZE sub_affiliates');
    const plan = await app.db.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${SUB_AFFILIATE_TREE}`, [
      root!.id,
      null,
      null,
      null,
      51,
    ]);
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).not.toMatch(/Seq Scan on sub_affiliates/);
    expect(text.match(/sub_affiliates_inviter_idx/g), text).toHaveLength(2);
  });
});
