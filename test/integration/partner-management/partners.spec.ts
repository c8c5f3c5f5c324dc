import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Accounts } from '../../../src/identity/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { activePartner, codeOf, open, signUp, type SignedIn } from '../identity/scene.js';

interface Partner {
  id: string;
  state: string;
  email: string;
}

let app: TestApp;
let operator: SignedIn;
let ann: SignedIn;
let annId: string;

beforeAll(async () => {
  app = await createTestApp();
  operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
  annId = await activePartner(app, 'ann@example.com');
  ann = await open(app, 'ann@example.com');
});
afterAll(() => app.close());

const act = (action: 'suspend' | 'reactivate', id = annId) =>
  operator.as.post(`operator/partners/${id}/${action}`, action === 'suspend' ? { reason: 'Asked to' } : {});

async function partners(query: string): Promise<Partner[]> {
  return body<{ items: Partner[] }>(await operator.as.get(`operator/partners?${query}`), 200).items;
}

describe('O08 suspending a partner', () => {
  it('closes its work at the next call, for reading and writing, and opens it again', async () => {
    expect((await ann.as.get('partner/campaigns')).status).toBe(200);
    expect(body<Partner>(await act('suspend'), 200).state).toBe('suspended');
    for (const path of [
      'partner/campaigns',
      'partner/brands',
      'partner/commission-plans',
      'partner/postbacks',
    ]) {
      expect(codeOf(await ann.as.get(path)), path).toBe('403 PARTNER_NOT_ACTIVE');
    }
    for (const path of [
      'partner/campaigns',
      'partner/postbacks',
      'partner/cashouts',
      'partner/payment-methods',
    ]) {
      expect(codeOf(await ann.as.post(path)), path).toBe('403 PARTNER_NOT_ACTIVE');
    }
    // What it earned stays to be seen, and so does its own account.
    for (const path of ['me', 'partner/events', 'partner/bills', 'partner/wallet']) {
      expect((await ann.as.get(path)).status, path).toBe(200);
    }
    const again = await open(app, 'ann@example.com');
    expect(codeOf(await again.as.get('partner/campaigns'))).toBe('403 PARTNER_NOT_ACTIVE');

    expect(body<Partner>(await act('reactivate'), 200).state).toBe('active');
    expect((await ann.as.get('partner/campaigns')).status).toBe(200);
  });

  it('happens once of many at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => act('suspend')));
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', ...Array(19).fill('409 PARTNER_STATE_CONFLICT')]);
    const back = await Promise.all(Array.from({ length: 20 }, () => act('reactivate')));
    expect(back.map(codeOf).sort()).toEqual(['200 OK', ...Array(19).fill('409 PARTNER_STATE_CONFLICT')]);
  });

  it('against reactivating leaves partner and people in the same state', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => act(i % 2 ? 'reactivate' : 'suspend')));
    const [row] = await app.db.query<{ state: string; active: boolean }[]>(
      'SELECT p.state, m.active FROM partners p JOIN memberships m ON m.partner_id = p.id WHERE p.id = $1',
      [annId],
    );
    expect(row!.active).toBe(row!.state === 'active');
    if (!row!.active) body(await act('reactivate'), 200);
  });

  it('is refused while the partner waits, and for one that does not exist', async () => {
    const waiting = await signUp(app, 'waiting@example.com');
    expect(codeOf(await act('suspend', waiting))).toBe('409 PARTNER_STATE_CONFLICT');
    expect(codeOf(await act('reactivate', waiting))).toBe('409 PARTNER_STATE_CONFLICT');
    expect(codeOf(await act('suspend', '01920000-0000-7000-8000-00000000dead'))).toBe('404 NOT_FOUND');
  });

  it('is audited with the state before and after', async () => {
    body(await act('suspend'), 200);
    body(await act('reactivate'), 200);
    const { items } = body<{ items: object[] }>(
      await operator.as.get(`operator/audit-log?subjectId=${annId}&limit=2`),
      200,
    );
    expect(items).toMatchObject([
      { action: 'partner.reactivate', before: { state: 'suspended' }, after: { state: 'active' } },
      {
        action: 'partner.suspend',
        before: { state: 'active' },
        after: { state: 'suspended', reason: 'Asked to' },
      },
    ]);
  });

  it('needs a reason', async () => {
    for (const payload of [
      {},
      { reason: '' },
      { reason: ' ' },
      { reason: 7 },
      { reason: 'x'.repeat(2001) },
    ]) {
      const answer = await operator.as.post(`operator/partners/${annId}/suspend`, payload);
      expect(codeOf(answer)).toBe('400 VALIDATION_FAILED');
      expect(body<{ errors: object[] }>(answer, 400).errors).toMatchObject([{ path: 'reason' }]);
    }
    expect((await ann.as.get('partner/campaigns')).status).toBe(200);
  });

  it('is told to the partner, with the reason, by mail to every owner and in the event log', async () => {
    const told = async (): Promise<string[]> =>
      (await app.mailbox('ann@example.com')).slice(-2).map(({ subject }) => subject);
    body(
      await operator.as.post(`operator/partners/${annId}/suspend`, { reason: 'Spam <b>&</b> mails' }),
      200,
    );
    const [mail] = (await app.mailbox('ann@example.com')).slice(-1);
    expect(mail!.subject).toBe('Your partnership is suspended');
    expect(mail!.text).toContain('Spam <b>&</b> mails');
    body(await act('reactivate'), 200);
    expect(await told()).toEqual(['Your partnership is suspended', 'Your partnership is open again']);

    await outboxDelivered(app);
    const { items } = body<{ items: object[] }>(await ann.as.get('partner/events?limit=2'), 200);
    expect(items).toMatchObject([
      { type: 'partner_reactivated', subjectType: 'partner', subjectId: annId, actor: { kind: 'operator' } },
      {
        type: 'partner_suspended',
        subjectId: annId,
        summary:
          'The program suspended your partnership; nothing is earned from then on: Spam <b>&</b> mails',
      },
    ]);
  });

  it('is kept with its time and reason, however often and however clocks go', async () => {
    const id = await activePartner(app, 'often@example.com');
    interface Kept {
      reason: string;
      from: string;
      until: string | null;
      suspendedBy: string | null;
      reactivatedBy: string | null;
    }
    const kept = async (): Promise<Kept[]> =>
      body<{ suspensions: Kept[] }>(await operator.as.get(`operator/partners/${id}`), 200).suspensions;
    expect(await kept()).toEqual([]);
    const start = app.clock.now();
    const after = (seconds: number): string => new Date(start.getTime() + seconds * 1_000).toISOString();
    try {
      body(await act('suspend', id), 200);
      expect(await kept()).toMatchObject([{ reason: 'Asked to', from: after(0), until: null }]);
      app.clock.advance(60);
      body(await act('reactivate', id), 200);
      // Another instance's clock is behind: nothing overlaps all the same.
      app.clock.advance(-30);
      body(await act('suspend', id), 200);
      body(await act('reactivate', id), 200);
    } finally {
      app.clock.advance(60);
    }
    const [second, first] = await kept();
    expect(first).toMatchObject({ from: after(0), until: after(60) });
    expect(second).toMatchObject({ from: after(60), until: after(60) });
    const me = body<{ user: { id: string } }>(await operator.as.get('me'), 200);
    expect([first!.suspendedBy, second!.reactivatedBy]).toEqual([me.user.id, me.user.id]);
  });

  it('cannot be undone in the history, not even by the role of the application', async () => {
    const id = await activePartner(app, 'kept@example.com');
    body(await act('suspend', id), 200);
    const another = `INSERT INTO partner_suspensions (id, partner_id, reason, suspended_at)
                     SELECT gen_random_uuid(), partner_id, 'Twice', suspended_at FROM partner_suspensions`;
    await expect(app.db.query(`${another} WHERE partner_id = $1`, [id])).rejects.toMatchObject({
      code: '23505',
    });
    body(await act('reactivate', id), 200);
    for (const change of [
      `UPDATE partner_suspensions SET suspended_at = now()`,
      `UPDATE partner_suspensions SET suspended_by = NULL`,
      `UPDATE partner_suspensions SET reactivated_at = NULL, reactivated_by = NULL`,
      `UPDATE partner_suspensions SET reactivated_at = reactivated_at + interval '1 day'`,
      `DELETE FROM partner_suspensions`,
    ]) {
      const only = `${change} WHERE partner_id = $1`;
      await expect(app.db.query(only, [id]), change).rejects.toMatchObject({ code: '23001' });
    }
  });
});

describe('O08 partners', () => {
  it('are found by state and by a part of the name, literally', async () => {
    await signUp(app, 'late@example.com');
    const active = (await partners('state=active')).map(({ email }) => email);
    expect(active).toContain('ann@example.com');
    expect(active).not.toContain('late@example.com');
    expect((await partners('state=pending&limit=1')).map(({ email }) => email)).toEqual(['late@example.com']);
    expect((await partners('name=REVIEW')).length).toBeGreaterThan(1);
    for (const name of ['%25', '_', "'", '\\']) expect(await partners(`name=${name}`)).toEqual([]);
  });

  it('A24 with several owners are listed once, with the first owner who can sign in', async () => {
    const partnerId = await signUp(app, 'first@example.com');
    const owners = app.app.get(Accounts);
    for (const email of ['second@example.com', 'third@example.com']) {
      await app.app.get(UnitOfWork).run((tx) =>
        owners.register(tx, {
          email,
          passwordHash: 'none',
          name: email,
          realm: 'partner',
          role: 'owner',
          partnerId,
          active: false,
          emailVerified: true,
        }),
      );
    }
    const seen = async () => {
      const listed = (await partners('limit=200')).filter(({ id }) => id === partnerId);
      const one = body<Partner>(await operator.as.get(`operator/partners/${partnerId}`), 200);
      const { items } = body<{ items: { partnerId: string; email: string }[] }>(
        await operator.as.get('operator/partnership-requests?limit=200'),
        200,
      );
      const requests = items.filter((item) => item.partnerId === partnerId);
      return [...listed, one, ...requests].map(({ email }) => email);
    };
    expect(await seen()).toEqual(Array(3).fill('first@example.com'));
    await app.db.query(`UPDATE users SET blocked_at = now() WHERE email = 'first@example.com'`);
    expect(await seen()).toEqual(Array(3).fill('second@example.com'));
    await app.db.query(
      `UPDATE users SET blocked_at = now() WHERE email LIKE '%@example.com' AND email <> 'admin@example.com'`,
    );
    expect(await seen()).toEqual(Array(3).fill('first@example.com'));
  });

  it('a partner that does not exist is not found', async () => {
    expect(codeOf(await operator.as.get('operator/partners/01920000-0000-7000-8000-00000000dead'))).toBe(
      '404 NOT_FOUND',
    );
    expect((await operator.as.get('operator/partners?name=a%00b')).status).toBe(400);
  });
});
