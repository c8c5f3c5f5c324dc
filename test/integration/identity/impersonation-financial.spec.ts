import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Calls, impersonate, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { codeOf } from './scene.js';

const METHOD = {
  type: 'bank_transfer',
  fields: { holder: 'Pay Ee', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
};

let app: TestApp;
let operator: Person;
let partner: Person;
let acting: Calls;

/** The program with this setting, and an operator in the place of a partner; both have entered a code just now. */
async function open(setting: 'on' | 'off'): Promise<void> {
  app = await createTestApp({ env: { IMPERSONATION_FINANCIAL: setting } });
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  partner = await joinAsPartner(app, operator, 'payee@example.com');
  await operator.enableTwoFactor();
  await partner.enableTwoFactor();
  const { partnerId } = body<{ partnerId: string }>(await partner.get('me'), 200);
  acting = await impersonate(app, operator, partnerId);
}

const addMethod = async () => codeOf(await acting.post('partner/payment-methods', METHOD));

afterEach(() => app.close());

describe('O09 financial actions while impersonating', () => {
  describe('by default', () => {
    beforeEach(() => open('off'));

    it('are refused, whatever the second factors', async () => {
      expect(await addMethod()).toBe('403 NOT_WHILE_IMPERSONATING');
      const withdraw = await acting.post('partner/cashouts', {});
      expect(codeOf(withdraw)).toBe('403 NOT_WHILE_IMPERSONATING');
      expect(codeOf(await acting.get('partner/wallet'))).toBe('200 OK');
      expect(codeOf(await acting.get('partner/payment-methods'))).toBe('200 OK');
    });
  });

  describe('where the program allows them', () => {
    beforeEach(() => open('on'));

    it('need a fresh code of the operator in its own session; the owner’s is nothing to it', async () => {
      app.clock.advance(240);
      operator = await operator.signInAgain();
      await partner.signInAgain();
      // Until here the code is fresh that was entered in the session of the impersonation.
      app.clock.advance(60);
      expect(await addMethod()).toBe('401 STEP_UP_REQUIRED');
      // And no code can be entered with the impersonation's token.
      const stepUp = await acting.post('auth/step-up', { code: '000000' });
      expect(codeOf(stepUp)).toBe('403 NOT_WHILE_IMPERSONATING');

      body(await operator.post('impersonation/exit'), 200);
      const { partnerId } = body<{ partnerId: string }>(await (await partner.signInAgain()).get('me'), 200);
      acting = await impersonate(app, operator, partnerId);
      expect(await addMethod()).toBe('201 OK');
    });

    it('need two-factor authentication of the operator', async () => {
      await app.db.query(
        `UPDATE users SET two_factor_secret = NULL, two_factor_enabled_at = NULL WHERE email = 'admin@example.com'`,
      );
      expect(await addMethod()).toBe('403 TWO_FACTOR_REQUIRED');
    });

    it('are in the audit log without the payment data', async () => {
      expect(await addMethod()).toBe('201 OK');
      const [{ entry }] = await app.db.query<[{ entry: { sent: string[] } }]>(
        `SELECT after AS entry FROM audit_log WHERE action = 'impersonation.write'`,
      );
      expect(entry.sent).toEqual(['type', 'fields']);
      expect(JSON.stringify(entry)).not.toContain('DE89');
    });

    it('never open what is refused by rule', async () => {
      for (const path of ['auth/sessions', 'me/statistic-token']) {
        expect(codeOf(await acting.get(path))).toBe('403 NOT_WHILE_IMPERSONATING');
      }
    });
  });
});
