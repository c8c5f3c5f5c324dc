import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SyncKeys } from '../../../src/brands/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Calls, callsWith, type Person, signIn } from '../../support/journey.js';
import { makeProgram } from '../../support/program.js';
import { personOf } from '../identity/matrix/people.js';

interface NewKey {
  id: string;
  authKey: string;
  secret: string;
}

describe('A07 sync keys of a brand’s servers', () => {
  let app: TestApp;
  let operator: Person;
  let owner: Calls;
  let reviewer: Calls;
  let brandId: string;
  let otherId: string;

  beforeAll(async () => {
    app = await createTestApp();
    operator = await signIn(app, 'admin@example.com', 'correct horse battery');
    ({ brandId } = await makeProgram(operator));
    otherId = (await makeProgram(operator)).brandId;
    owner = callsWith(app, (await personOf(app, 'brand:owner', brandId)).token!);
    reviewer = callsWith(app, (await personOf(app, 'brand:reviewer', brandId)).token!);
  });
  afterAll(() => app.close());

  const find = (authKey: string) => app.app.get(SyncKeys).findByAuthKey(app.db, authKey);

  it.each([
    ['operators', () => operator, () => `operator/brands/${brandId}/sync-keys`],
    ['its owner', () => owner, () => 'brand/sync-keys'],
  ])('are made by %s; the secret is shown once and kept sealed', async (_who, by, pathOf) => {
    const [calls, path] = [by(), pathOf()];
    const idempotencyKey = randomUUID();
    const made = body<NewKey>(await calls.postWithKey(path, {}, idempotencyKey), 201);
    expect(body(await calls.postWithKey(path, {}, idempotencyKey), 201)).toEqual(made);
    const credentials = { brandId, brandCurrency: 'EUR', keyId: made.id, secret: made.secret };
    expect(await find(made.authKey)).toEqual(credentials);
    expect(await find('sk_unknown')).toBeNull();
    const listed = await calls.get(path);
    expect(body<{ items: object[] }>(listed, 200).items[0]).toMatchObject({ id: made.id, revokedAt: null });
    const [stored] = await app.db.query<[{ everything: string }]>(
      `SELECT (SELECT string_agg(sync_keys::text, '') FROM sync_keys)
              || (SELECT string_agg(idempotency_keys::text, '') FROM idempotency_keys)
              || (SELECT string_agg(audit_log::text, '') FROM audit_log) AS everything`,
    );
    expect(listed.text + stored.everything).not.toContain(made.secret);

    expect(body(await calls.post(`${path}/${made.id}/revoke`), 200)).toMatchObject({ id: made.id });
    expect(await find(made.authKey)).toBeNull();
    expect(body(await calls.post(`${path}/${made.id}/revoke`), 409)).toMatchObject({
      code: 'SYNC_KEY_REVOKED',
    });
  });

  it('are revoked under their own brand only, and by who may', async () => {
    const path = `operator/brands/${otherId}/sync-keys`;
    const { id, authKey } = body<NewKey>(await operator.post(path), 201);
    expect((await owner.get('brand/sync-keys')).text).not.toContain(authKey);
    body(await owner.post(`brand/sync-keys/${id}/revoke`), 404);
    body(await operator.post(`operator/brands/${brandId}/sync-keys/${id}/revoke`), 404);
    expect(await find(authKey)).not.toBeNull();
    body(await reviewer.get('brand/sync-keys'), 200);
    body(await reviewer.post('brand/sync-keys'), 403);
  });
});
