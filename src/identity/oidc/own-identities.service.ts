import { Injectable } from '@nestjs/common';
import { Clock, UnitOfWork } from '../../platform/index.js';
import type { Actor } from '../actor.js';
import { wrongCode } from '../identity.errors.js';
import { assertSteppedUp } from '../permission.guard.js';
import { Reauthentication } from '../reauthentication.service.js';
import { LinkedIdentities } from './linked-identities.service.js';
import { providerEmailNotVerified } from './oidc.errors.js';
import { OidcAnswers } from './oidc-answers.service.js';
import type { Destination } from './oidc-requests.service.js';
import { OidcWay } from './oidc-way.service.js';

/** Links and unlinks identities of the actor, within a session (T13). */
@Injectable()
export class OwnIdentities {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly way: OidcWay,
    private readonly answers: OidcAnswers,
    private readonly identities: LinkedIdentities,
    private readonly reauthentication: Reauthentication,
    private readonly clock: Clock,
  ) {}

  /**
   * Gives the address to open in the browser, which leads to the provider. Needs the password, and a two-factor code
   * of the last 300 seconds where enabled.
   * @throws DomainError INVALID_CREDENTIALS (401), STEP_UP_REQUIRED (401), NOT_FOUND (404), VALIDATION_FAILED (422)
   */
  async begin(actor: Actor, provider: string, password: string, destination: Destination): Promise<string> {
    if (actor.twoFactorEnabled) assertSteppedUp(actor, this.clock.now());
    await this.reauthentication.confirmPassword(actor, password);
    return this.way.prepareLink(provider, destination, actor.sessionId!);
  }

  /**
   * Links the identity behind a code to the actor. Only the session that began it may: else a stranger could have
   * somebody else's identity linked to an account of the stranger's.
   * @throws DomainError INVALID_CODE (422), OIDC_EMAIL_NOT_VERIFIED (403), IDENTITY_TAKEN (409)
   */
  async finish(actor: Actor, code: string, verifier: string): Promise<void> {
    const refusal = await this.unitOfWork.run(async (tx) => {
      const answer = await this.answers.redeemCode(tx, code, verifier);
      if (!answer || answer.sessionId === null || answer.sessionId !== actor.sessionId) return wrongCode();
      if (!answer.email || !answer.emailVerified) return providerEmailNotVerified();
      await this.identities.link(tx, actor.userId, answer);
      return null;
    });
    if (refusal) throw refusal;
  }
}
