import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { Caller, open, SIGN_UP, signUp, type SignedIn } from '../identity/scene.js';

const NAME = 'You won 500 EUR, collect at https://evil.example/x';

let app: TestApp;
let operator: SignedIn;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
});
afterAll(() => app.close());

interface Request {
  id: string;
  partnerId: string;
  email: string;
  emailConfirmed: boolean;
}

/** Somebody signs up with a stranger's address; gives the request for the partnership. */
async function strangersRequest(email: string): Promise<Request> {
  const form = { ...SIGN_UP, name: NAME, email };
  body(await new Caller(app).post('auth/register', form), 201);
  return requestOf(email);
}

async function requestOf(email: string): Promise<Request> {
  const { items } = body<{ items: Request[] }>(
    await operator.as.get('operator/partnership-requests?limit=200'),
    200,
  );
  return items.find((item) => item.email === email)!;
}

const decide = (id: string, decision: string, payload = {}) =>
  operator.as.post(`operator/partnership-requests/${id}/${decision}`, payload);

async function userOf(email: string): Promise<{ id: string; emailConfirmed: boolean }> {
  const found = await operator.as.get(`operator/users?email=${email}`);
  return body<{ items: { id: string; emailConfirmed: boolean }[] }>(found, 200).items[0]!;
}

describe('A01 an address that nobody confirmed', () => {
  it('gets no text of whoever signed up with it, whatever operators decide', async () => {
    const rejected = await strangersRequest('victim@example.com');
    body(await decide(rejected.id, 'reject', { description: 'No such site.' }), 200);
    const approved = await strangersRequest('other@example.com');
    body(await decide(approved.id, 'approve'), 200);
    const partner = `operator/partners/${approved.partnerId}`;
    body(await operator.as.post(`${partner}/suspend`, { reason: 'Looks forged' }), 200);
    body(await operator.as.post(`${partner}/reactivate`, {}), 200);
    const user = await userOf('other@example.com');
    body(await operator.as.post(`operator/users/${user.id}/block`, { reason: 'Forged' }), 200);

    const mails = [...(await app.mailbox('victim@example.com')), ...(await app.mailbox('other@example.com'))];
    expect(mails.map(({ subject }) => subject)).toEqual([
      'Confirm your e-mail',
      'Your partnership request was declined',
      'Confirm your e-mail',
      'Welcome: your partnership is approved',
      expect.any(String),
      expect.any(String),
      'Your account is blocked',
    ]);
    for (const { text } of mails) {
      expect(text).toMatch(/^Hello,\n\n/);
      expect(text).not.toContain('evil.example');
    }
  });

  it('is told from a confirmed one among requests and users', async () => {
    expect((await strangersRequest('third@example.com')).emailConfirmed).toBe(false);
    expect((await userOf('third@example.com')).emailConfirmed).toBe(false);
    await signUp(app, 'ann@example.com');
    const request = await requestOf('ann@example.com');
    expect(request.emailConfirmed).toBe(true);
    expect((await userOf('ann@example.com')).emailConfirmed).toBe(true);
    body(await decide(request.id, 'reject', { description: 'No such site.' }), 200);
    expect((await app.mailbox('ann@example.com')).at(-1)!.text).toMatch(/^Hello Ann Reviews,\n\n/);
  });
});
