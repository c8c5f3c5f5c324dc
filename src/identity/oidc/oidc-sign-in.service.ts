import { Injectable } from '@nestjs/common';
import { DomainError, invalidField, type Tx, UnitOfWork } from '../../platform/index.js';
import { wrongCode } from '../identity.errors.js';
import { Passwords } from '../passwords.service.js';
import type { Device } from '../sessions.service.js';
import { findByEmail, refusalOf, SignIn, type SignedIn } from '../sign-in.service.js';
import { User } from '../user.entity.js';
import { LinkedIdentities } from './linked-identities.service.js';
import {
  invitationPending,
  linkRequired,
  otpRequiredFor,
  providerEmailNotVerified,
  signUpRequired,
  ticketUnknown,
} from './oidc.errors.js';
import { type OidcAnswer, OidcAnswers, type Ticket } from './oidc-answers.service.js';

/** A refusal is returned, not thrown, out of the transaction: what it used up or counted must be committed. */
type Outcome = SignedIn | DomainError;

/** Turns a provider's answer into a session (T13): what password and code are for others, it goes through as well. */
@Injectable()
export class OidcSignIn {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly answers: OidcAnswers,
    private readonly identities: LinkedIdentities,
    private readonly signIn: SignIn,
    private readonly passwords: Passwords,
  ) {}

  /**
   * Opens a session for the answer behind a code, when its identity is linked and no two-factor code is needed.
   * @throws DomainError INVALID_CODE (422); OTP_REQUIRED or LINK_REQUIRED (401) with the `ticket` to go on by;
   * INVALID_CREDENTIALS (401); EMAIL_NOT_VERIFIED, OIDC_EMAIL_NOT_VERIFIED, INVITATION_PENDING or
   * SIGN_UP_REQUIRED (403)
   */
  async exchange(code: string, verifier: string | undefined, device: Device): Promise<SignedIn> {
    return orThrow(
      await this.unitOfWork.run(async (tx): Promise<Outcome> => {
        const answer = await this.answers.redeemCode(tx, code, verifier);
        // A code made for linking within a session opens none.
        if (!answer || answer.sessionId) return wrongCode();
        const userId = await this.identities.findUser(tx, answer);
        return userId ? this.openLinked(tx, userId, answer, device) : this.pendingLink(tx, answer);
      }),
    );
  }

  /**
   * Goes on where {@link exchange} asked for more. Failures count towards lock-out; the ticket may be used again.
   * @throws DomainError INVALID_TICKET (422), VALIDATION_FAILED (422) without the password to link with,
   * INVALID_CREDENTIALS (401), OTP_REQUIRED (401), EMAIL_NOT_VERIFIED (403), IDENTITY_TAKEN (409)
   */
  async complete(
    ticket: string,
    { password, otp }: { password?: string; otp?: string },
    device: Device,
  ): Promise<SignedIn> {
    const { kind, passwordHash } = await this.unitOfWork.run((tx) => this.readTicket(tx, ticket));
    const links = kind === 'link_ticket';
    if (links && password === undefined) throw invalidField('password', 'is required to link the account');
    const shown = links
      ? { fits: await this.passwords.verify(passwordHash, password!), checkedHash: passwordHash, otp }
      : { fits: true, otp };
    return orThrow(
      await this.unitOfWork.run(async (tx): Promise<Outcome> => {
        const found = await this.answers.lockTicket(tx, ticket);
        // It may have been unlinked since the ticket was made.
        const gone = !links && found && (await this.identities.findUser(tx, found)) !== found.userId;
        if (!found || gone) return ticketUnknown();
        const admission = await this.signIn.admit(tx, found.userId, shown, device);
        if ('refused' in admission) {
          return admission.refused === 'otp' ? otpRequiredFor(ticket) : refusalOf(admission.refused);
        }
        await this.answers.dropTicket(tx, ticket);
        if (links) await this.identities.link(tx, found.userId, found);
        await this.identities.noteUsed(tx, found);
        return admission.signedIn;
      }),
    );
  }

  private async openLinked(tx: Tx, userId: string, answer: OidcAnswer, device: Device): Promise<Outcome> {
    const admission = await this.signIn.admit(tx, userId, { fits: true }, device);
    if ('signedIn' in admission) {
      await this.identities.noteUsed(tx, answer);
      return admission.signedIn;
    }
    if (admission.refused !== 'otp') return refusalOf(admission.refused);
    return otpRequiredFor(await this.answers.issueTicket(tx, answer, 'sign_in_ticket', userId));
  }

  /** Only an address that the provider vouches for leads to an account, and only its password into it. */
  private async pendingLink(tx: Tx, answer: OidcAnswer): Promise<DomainError> {
    if (!answer.email || !answer.emailVerified) return providerEmailNotVerified();
    const user = await findByEmail(tx, answer.email);
    if (!user) return signUpRequired(answer.email, answer.name);
    if (user.invitedAt) return invitationPending();
    return linkRequired(await this.answers.issueTicket(tx, answer, 'link_ticket', user.id), user.email);
  }

  private async readTicket(
    tx: Tx,
    ticket: string,
  ): Promise<Pick<Ticket, 'kind'> & { passwordHash: string | null }> {
    const found = await this.answers.findTicket(tx, ticket);
    if (!found) throw ticketUnknown();
    const { passwordHash } = await tx.findOneByOrFail(User, { id: found.userId });
    return { kind: found.kind, passwordHash };
  }
}

function orThrow(outcome: Outcome): SignedIn {
  if (outcome instanceof DomainError) throw outcome;
  return outcome;
}
