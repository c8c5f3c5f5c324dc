import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrlOf } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { runCommand } from '../../support/command.js';
import { type Account, BillingScene, CPA_50, SHARE_25 } from './scene.js';

describe('A13 the bill run as a command', () => {
  let app: TestApp;
  let account: Account;

  beforeAll(async () => {
    app = await createTestApp();
    // Facts of a month that has long been over by the real clock, which the command goes by.
    app.clock.set('2025-01-01T08:00:00Z');
    const scene = await BillingScene.open(app);
    account = await scene.account({ strategies: [CPA_50, SHARE_25] });
    app.clock.set('2025-02-01T08:00:00Z');
    await account.qualify('a', '2025-01-05');
  });
  afterAll(() => app.close());

  const run = (...options: string[]) =>
    runCommand('bill-run', options, { DATABASE_URL: databaseUrlOf(app.db) });

  it('bills what is due and reports it', async () => {
    const first = await run('--through', '2025-01-31');
    expect(first).toMatchObject({ code: 0 });
    expect(first.out).toContain('finished');
    expect(first.out).toContain('1 partners considered, 1 bills with 1 lines made, 50.00 EUR issued');
    expect((await account.bills()).map(({ issued }) => issued)).toEqual(['50.00']);
    expect((await run('--through', '2025-01-31')).out).toContain('0 bills with 0 lines made, nothing issued');
  });

  it('says what is wrong with its options', async () => {
    expect(await run()).toMatchObject({ code: 1, error: expect.stringContaining('Usage') as unknown });
    expect(await run('--through', '2025-02-30')).toMatchObject({ code: 1 });
  });
});
