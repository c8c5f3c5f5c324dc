import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WITH_TREE } from '../../../src/reports/sub-affiliates/sub-affiliate-sql.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Calls, joinAsPartner, type Person } from '../../support/journey.js';
import { Caller, codeOf } from '../identity/scene.js';
import { expected, forest, plant } from './forest.js';
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

describe('A19 the tree of sub-affiliates', () => {
  it('shows everybody below at the right level under one’s own promo, page by page, for any tree', async () => {
    await fc.assert(
      fc.asyncProperty(
        forest,
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 4 }),
        async (parents, limit, level) => {
          const [root] = await plant(app, annId, [null], promos);
          const nodes = await plant(app, root!.id, parents, promos);
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
    const [root] = await plant(app, annId, [null], promos);
    const chain = await plant(
      app,
      root!.id,
      [null, ...Array.from({ length: 12 }, (_, index) => index)],
      promos,
    );
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
    const [root] = await plant(app, annId, [null], promos);
    // As long as there are few, reading them all is the cheapest way to find one.
    await app.asOwner('ANALYZE sub_affiliates');
    // Everybody brings three others.
    await plant(
      app,
      root!.id,
      [null, ...Array.from({ length: 20_000 }, (_, index) => Math.floor(index / 3))],
      promos,
    );
    await app.asOwner('ANALYZE sub_affiliates');
    const plan = await app.db.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN ${WITH_TREE} SELECT * FROM tree`, [
      root!.id,
      null,
      null,
      null,
    ]);
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).not.toMatch(/Seq Scan on sub_affiliates/);
    expect(text.match(/sub_affiliates_inviter_idx/g), text).toHaveLength(2);
  });
});
