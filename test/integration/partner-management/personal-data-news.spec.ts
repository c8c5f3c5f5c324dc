import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataExportMaker } from '../../../src/partner-management/data-export/data-export-maker.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, PASSWORD } from '../../support/journey.js';
import { codeOf, enableTwoFactor, open } from '../identity/scene.js';
import { Team } from './team-scene.js';

let app: TestApp;
let team: Team;
beforeAll(async () => {
  app = await createTestApp({ background: false });
  team = await Team.start(app);
  await team.join('bob', 'owner');
  await team.join('mona', 'manager');
  await team.invite('ina', 'owner');
});
afterAll(() => app.close());

/** Who of the team was mailed that, by name. */
async function toldOf(subject: string): Promise<string[]> {
  const names = ['ann', 'bob', 'mona', 'ina'];
  const told = await Promise.all(
    names.map(async (name) =>
      (await app.mailbox(team.address(name))).some((mail) => mail.subject === subject),
    ),
  );
  return names.filter((_, index) => told[index]);
}

describe('B12 asking for a copy again, with two-factor authentication', () => {
  it('says that it is being made, and the same request gets its answer again though the code works once', async () => {
    const other = await Team.start(app);
    const { recoveryCodes } = await enableTwoFactor(app, other.owner);
    const ask = (key: string, code: string) =>
      request(app.url)
        .post('/api/v1/partner/data-export')
        .set('authorization', `Bearer ${other.owner.accessToken}`)
        .set('idempotency-key', key)
        .send({ password: PASSWORD, code });
    const first = await ask('one', recoveryCodes[0]!);
    expect(first.status).toBe(202);
    expect(codeOf(await ask('another', recoveryCodes[1]!))).toBe('409 DATA_EXPORT_RUNNING');
    expect((await ask('one', recoveryCodes[0]!)).body).toEqual(first.body);
  });
});

describe('B12 what one owner asks for, every owner is told', () => {
  it('of the erasure, and that it was cancelled', async () => {
    const bob = await open(app, team.address('bob'));
    body(await bob.as.post('partner/erasure', { password: PASSWORD }), 202);
    expect(await toldOf('Your data will be erased')).toEqual(['ann', 'bob']);
    body(await team.owner.as.delete('partner/erasure'), 200);
    expect(await toldOf('Your data will not be erased')).toEqual(['ann', 'bob']);
  });

  it('of a copy of all data', async () => {
    const { id } = body<{ id: string }>(
      await team.owner.as.post('partner/data-export', { password: PASSWORD }),
      202,
    );
    await app.app.get(DataExportMaker).make(id);
    expect(await toldOf('The copy of your data is ready')).toEqual(['ann', 'bob']);
  });
});
