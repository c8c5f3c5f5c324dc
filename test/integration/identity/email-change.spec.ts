import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IdentityHousekeeping } from '../../../src/identity/housekeeping.job.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { askedToChangeEmail, type Person, startEmailChange as start, TO_OLD } from './email-change-scene.js';
import { Caller, codeOf, enableTwoFactor, login, open, signUp, tokenMailed } from './scene.js';

let app: TestApp;
let anybody: Caller;
let people = 0;
let ann: Person;

beforeAll(async () => {
  app = await createTestApp();
  anybody = new Caller(app);
});
afterAll(() => app.close());
beforeEach(async () => {
  ann = await person();
});

/** Somebody signed in, with a new address of one's own. */
async function person(): Promise<Person> {
  people += 1;
  const email = `person${people}@old.example`;
  await signUp(app, email);
  return { email, newEmail: `person${people}@new.example`, signedIn: await open(app, email) };
}

const asked = (who: Person) => askedToChangeEmail(app, who);
const confirm = (token: string) => anybody.post('auth/email-change/confirm', { token });
const cancel = (token: string) => anybody.post('auth/email-change/cancel', { token });
const emailOf = async (who: Person) =>
  body<{ user: { email: string } }>(await who.signedIn.as.get('me'), 200).user.email;
const pending = async (who: Person) => body(await who.signedIn.as.get('me'), 200)['emailChange'];
const subjects = async (email: string) => (await app.mailbox(email)).map(({ subject }) => subject);

describe('A22 e-mail change', () => {
  it('sends nobody a text that the asker chose: the new address may be a stranger’s', async () => {
    body(
      await ann.signedIn.as.patch('me', { name: 'You have won! Collect it at https://evil.example' }),
      200,
    );
    body(await start(ann), 200);
    const [letter] = await app.mailbox(ann.newEmail);
    expect(letter!.text).not.toContain('evil.example');
    expect(letter!.text).toContain(ann.email);
  });

  it.each([
    ['the new, then the old address', ['new', 'old']],
    ['the old, then the new address', ['old', 'new']],
  ] as const)('happens when %s have confirmed', async (_, [first, second]) => {
    const other = await open(app, ann.email);
    const tokens = await asked(ann);
    expect(await pending(ann)).toMatchObject({
      newEmail: ann.newEmail,
      newConfirmed: false,
      oldConfirmed: false,
    });

    expect(body(await confirm(tokens[first]), 200)).toEqual({ changed: false });
    expect(await emailOf(ann)).toBe(ann.email);
    expect(await pending(ann)).toMatchObject({
      newConfirmed: first === 'new',
      oldConfirmed: first === 'old',
    });
    expect((await other.as.get('me')).status).toBe(200);

    expect(body(await confirm(tokens[second]), 200)).toEqual({ changed: true });
    expect(await emailOf(ann)).toBe(ann.newEmail);
    expect(await pending(ann)).toBeNull();
    expect((await other.as.get('me')).status).toBe(401);
    expect(codeOf(await login(app, ann.email))).toBe('401 INVALID_CREDENTIALS');
    body(await login(app, ann.newEmail), 200);
    expect(await subjects(ann.email)).toContain('Your e-mail was changed');
    expect(await subjects(ann.newEmail)).toContain('Your e-mail was changed');
    await outboxDelivered(app);
    const { items } = body<{ items: object[] }>(await ann.signedIn.as.get('partner/events?limit=2'), 200);
    const data = { oldEmail: ann.email, newEmail: ann.newEmail };
    expect(items).toMatchObject([
      { type: 'email_changed', data },
      { type: 'email_change_requested', data },
    ]);
  });

  it('the links open pages whose buttons do it; opening them does nothing', async () => {
    const tokens = await asked(ann);
    for (const path of [`confirm?token=${tokens.new}`, `cancel?token=${tokens.cancel}`]) {
      const page = await anybody.get(`auth/email-change/${path}`);
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(page.text).toContain('<button>');
    }
    expect(await pending(ann)).toMatchObject({ newConfirmed: false });
  });

  it('each token works once, at its own door, and none after the change', async () => {
    const tokens = await asked(ann);
    expect(codeOf(await cancel(tokens.new))).toBe('422 INVALID_TOKEN');
    expect(codeOf(await cancel(tokens.old))).toBe('422 INVALID_TOKEN');
    expect(codeOf(await confirm(tokens.cancel))).toBe('422 INVALID_TOKEN');
    for (const door of ['verify-email', 'unlock']) {
      expect(codeOf(await anybody.post(`auth/${door}`, { token: tokens.new }))).toBe('422 INVALID_TOKEN');
    }
    body(await confirm(tokens.new), 200);
    expect(codeOf(await confirm(tokens.new))).toBe('422 INVALID_TOKEN');
    expect(await emailOf(ann)).toBe(ann.email);
    body(await confirm(tokens.old), 200);
    for (const token of Object.values(tokens)) {
      expect(codeOf(await confirm(token))).toBe('422 INVALID_TOKEN');
      expect(codeOf(await cancel(token))).toBe('422 INVALID_TOKEN');
    }
  });

  it('a token replayed in parallel confirms one address, not both', async () => {
    const tokens = await asked(ann);
    const answers = await Promise.all(Array.from({ length: 10 }, () => confirm(tokens.new)));
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', ...Array<string>(9).fill('422 INVALID_TOKEN')]);
    expect(await emailOf(ann)).toBe(ann.email);
  });

  it('both confirmed at the same time: changed once', async () => {
    const tokens = await asked(ann);
    const answers = await Promise.all([confirm(tokens.new), confirm(tokens.old)]);
    expect(answers.map((answer) => answer.body.changed as boolean).sort()).toEqual([false, true]);
    expect(await emailOf(ann)).toBe(ann.newEmail);
  });

  it('another user’s token confirms that user’s change only', async () => {
    const bob = await person();
    const tokens = await asked(ann);
    const foreign = await asked(bob);
    body(await confirm(tokens.new), 200);
    body(await confirm(foreign.old), 200);
    expect([await emailOf(ann), await emailOf(bob)]).toEqual([ann.email, bob.email]);
    body(await cancel(foreign.cancel), 200);
    expect(await pending(ann)).toMatchObject({ newConfirmed: true, oldConfirmed: false });
  });

  it('a later change replaces the one that waits, whose tokens no longer work', async () => {
    const first = await asked(ann);
    body(await confirm(first.new), 200);
    body(await start(ann, { email: 'third@new.example' }), 200);
    for (const token of [first.new, first.old])
      expect(codeOf(await confirm(token))).toBe('422 INVALID_TOKEN');
    expect(codeOf(await cancel(first.cancel))).toBe('422 INVALID_TOKEN');
    expect(await pending(ann)).toMatchObject({ newEmail: 'third@new.example', newConfirmed: false });
  });

  it('expires after 24 hours', async () => {
    const tokens = await asked(ann);
    body(await confirm(tokens.new), 200);
    app.clock.advance(24 * 3600);
    expect(codeOf(await confirm(tokens.old))).toBe('422 INVALID_TOKEN');
    expect(codeOf(await cancel(tokens.cancel))).toBe('422 INVALID_TOKEN');
    await app.app.get(IdentityHousekeeping).run();
    expect(await app.db.query('SELECT FROM email_changes')).toEqual([]);
  });

  it('is cancelled by the old address, which ends the session that asked', async () => {
    const other = await open(app, ann.email);
    const tokens = await asked(ann);
    body(await confirm(tokens.new), 200);
    body(await cancel(tokens.cancel), 200);
    expect((await ann.signedIn.as.get('me')).status).toBe(401);
    expect((await other.as.get('me')).status).toBe(200);
    expect(codeOf(await confirm(tokens.old))).toBe('422 INVALID_TOKEN');
    expect(await subjects(ann.email)).toContain('The change of your e-mail was cancelled');
    body(await login(app, ann.email), 200);
  });

  it('is given up by the one who asked, once', async () => {
    const tokens = await asked(ann);
    body(await ann.signedIn.as.delete('me/email-change'), 200);
    expect(codeOf(await ann.signedIn.as.delete('me/email-change'))).toBe('404 NOT_FOUND');
    expect(codeOf(await confirm(tokens.new))).toBe('422 INVALID_TOKEN');
    expect(await pending(ann)).toBeNull();
  });

  it('keeps only hashes of the tokens', async () => {
    const tokens = await asked(ann);
    const stored = JSON.stringify(await app.db.query('SELECT * FROM email_changes'));
    for (const token of Object.values(tokens)) expect(stored).not.toContain(token);
  });

  it('makes links worthless that the old address was mailed before', async () => {
    body(await anybody.post('auth/password/forgot', { email: ann.email }), 200);
    const reset = await tokenMailed(app, ann.email, 'Set a new password');
    const tokens = await asked(ann);
    body(await confirm(tokens.new), 200);
    body(await confirm(tokens.old), 200);
    const answer = await anybody.post('auth/password/reset', {
      token: reset,
      password: 'stolen pass phrase',
    });
    expect(codeOf(answer)).toBe('422 INVALID_TOKEN');
  });

  it('of a user who was blocked meanwhile does not happen', async () => {
    const tokens = await asked(ann);
    body(await confirm(tokens.new), 200);
    await app.db.query('UPDATE users SET blocked_at = now() WHERE email = $1', [ann.email]);
    expect(codeOf(await confirm(tokens.old))).toBe('422 INVALID_TOKEN');
  });
});

describe('A22 e-mail change and addresses of others', () => {
  it('asking tells nothing about whether the address is registered', async () => {
    const bob = await person();
    const free = await start(ann);
    const taken = await start(ann, { email: bob.email.toUpperCase() });
    expect([taken.status, taken.body]).toEqual([free.status, free.body]);
    expect(await subjects(ann.email)).toEqual(['Confirm your e-mail', TO_OLD, TO_OLD]);
  });

  it('an address that somebody has: 409 when both have confirmed, and nothing changes', async () => {
    const bob = await person();
    const tokens = await asked({ ...ann, newEmail: bob.email });
    body(await confirm(tokens.old), 200);
    expect(codeOf(await confirm(tokens.new))).toBe('409 EMAIL_TAKEN');
    expect([await emailOf(ann), await emailOf(bob)]).toEqual([ann.email, bob.email]);
  });

  it('two users race to one address: one gets it, the other 409', async () => {
    const bob = await person();
    bob.newEmail = ann.newEmail.toUpperCase();
    const [mine, his] = [await asked(ann), await asked(bob)];
    body(await confirm(mine.new), 200);
    body(await confirm(his.new), 200);
    const answers = await Promise.all([confirm(mine.old), confirm(his.old)]);
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', '409 EMAIL_TAKEN']);
    const emails = [await emailOf(ann), await emailOf(bob)];
    expect(emails.filter((email) => email.toLowerCase() === ann.newEmail)).toHaveLength(1);
    const loser = answers[0].status === 409 ? ann : bob;
    expect(await emailOf(loser)).toBe(loser.email);
  });

  it('a sign-up with the address in between: 409', async () => {
    const tokens = await asked(ann);
    body(await confirm(tokens.new), 200);
    await signUp(app, ann.newEmail);
    expect(codeOf(await confirm(tokens.old))).toBe('409 EMAIL_TAKEN');
    expect(await emailOf(ann)).toBe(ann.email);
  });
});

describe('A22 e-mail change needs its owner', () => {
  it('wrong passwords lock the account as failed sign-ins do', async () => {
    for (let tries = 0; tries < 5; tries += 1) {
      expect(codeOf(await start(ann, { password: 'a wrong guess' }))).toBe('401 INVALID_CREDENTIALS');
    }
    expect(await subjects(ann.email)).toContain('Unlock instructions');
    expect(codeOf(await start(ann))).toBe('401 INVALID_CREDENTIALS');
    expect(await app.mailbox(ann.newEmail)).toEqual([]);
  });

  it('with two-factor authentication needs a code as well', async () => {
    const { authenticator } = await enableTwoFactor(app, ann.signedIn);
    expect(codeOf(await start(ann))).toBe('401 OTP_REQUIRED');
    expect(codeOf(await start(ann, { code: '000000' }))).toBe('422 INVALID_CODE');
    expect(await app.mailbox(ann.newEmail)).toEqual([]);
    body(await start(ann, { code: authenticator.freshCode() }), 200);
  });

  it.each([
    ['email', undefined, 400],
    ['email', 'no address', 400],
    ['email', 'a@b.example\r\nBcc: evil@example.com', 400],
    ['email', ['a@b.example'], 400],
    ['password', undefined, 400],
    ['code', null, 400],
    ['userId', '01920000-0000-7000-8000-000000000001', 400],
    ['sessionId', '01920000-0000-7000-8000-000000000001', 400],
    ['oldConfirmed', true, 400],
  ])('refuses %s = %j by name', async (field, value, status) => {
    const answer = await start(ann, { [field]: value });
    expect(answer.status).toBe(status);
    expect(answer.body.errors[0].path).toBe(field);
  });

  it('refuses the present address', async () => {
    const answer = await start(ann, { email: ann.email });
    expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
    expect(answer.body.errors[0].path).toBe('email');
  });

  it.each(['', "' OR 1=1 --", 'x'.repeat(43)])('refuses the token %j', async (token) => {
    expect(codeOf(await confirm(token))).toBe('422 INVALID_TOKEN');
    expect(codeOf(await cancel(token))).toBe('422 INVALID_TOKEN');
  });
});
