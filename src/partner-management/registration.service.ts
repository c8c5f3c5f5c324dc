import { Injectable } from '@nestjs/common';
import { Accounts } from '../identity/index.js';
import { Clock, Ids, Outbox, type Tx } from '../platform/index.js';
import {
  PARTNER_REGISTERED,
  type PartnerRegistered,
  TERMS_ACCEPTED_AT_SIGN_UP,
  type TermsAcceptedAtSignUp,
} from './partner-management.events.js';
import { PartnershipRequests } from './requests/partnership-requests.js';
import type { RegisterDto, RegisterResponse } from './registration.dto.js';
import { SocialAccounts } from './social-accounts.service.js';

/** Signs partners up: a user, a partner that waits, and its partnership request, together. */
@Injectable()
export class Registration {
  constructor(
    private readonly accounts: Accounts,
    private readonly requests: PartnershipRequests,
    private readonly socialAccounts: SocialAccounts,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores the sign-up and mails the link that confirms the address.
   * @param address Internet address that it came from, for the terms that were accepted with it
   * @throws DomainError EMAIL_TAKEN (409), VALIDATION_FAILED (422) for an unknown package or a handle of nothing
   */
  async register(
    tx: Tx,
    form: RegisterDto,
    passwordHash: string,
    address: string,
  ): Promise<RegisterResponse> {
    const partnerId = this.ids.next();
    await tx.query(
      `INSERT INTO partners (id, name, kind, state, country, phone, website, description, sign_up_ref,
                             inviter_code, created_at)
       VALUES ($1, $2, $3, 'pending', $4, $5, $6, $7, $8, $9, $10)`,
      [
        partnerId,
        form.name,
        form.kind,
        form.country,
        form.phone ?? null,
        form.website ?? null,
        form.description ?? null,
        form.ref ?? null,
        form.inviterCode ?? null,
        this.clock.now(),
      ],
    );
    if (form.socialAccount) await this.socialAccounts.add(tx, partnerId, form.socialAccount);
    const userId = await this.accounts.register(tx, {
      email: form.email,
      passwordHash,
      name: form.name,
      phone: form.phone ?? null,
      realm: 'partner',
      role: 'owner',
      partnerId,
      active: false,
      emailVerified: false,
    });
    await this.requests.open(tx, { userId, impersonatorId: null, partnerId }, form);
    const event: PartnerRegistered = {
      partnerId,
      ref: form.ref ?? null,
      inviterCode: form.inviterCode ?? null,
    };
    await this.outbox.publish(tx, PARTNER_REGISTERED, event);
    const { acceptedTermsVersionIds: versionIds = [] } = form;
    if (versionIds.length > 0) {
      const accepted: TermsAcceptedAtSignUp = { partnerId, userId, versionIds, address };
      await this.outbox.publish(tx, TERMS_ACCEPTED_AT_SIGN_UP, accepted);
    }
    return { partnerId, status: 'pending' };
  }
}
