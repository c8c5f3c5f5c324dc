import { Injectable } from '@nestjs/common';
import { Accounts, Passwords } from '../identity/index.js';
import { Clock, Ids, invalidField, Outbox, type Tx } from '../platform/index.js';
import { PARTNER_REGISTERED, type PartnerRegistered } from './partner-management.events.js';
import type { RegisterDto, RegisterResponse } from './registration.dto.js';
import { SocialAccounts } from './social-accounts.service.js';

interface PackagePrice {
  id: string;
  price_minor: string;
  currency: string;
}

/** Signs partners up: a user, a partner that waits, and its partnership request, together. */
@Injectable()
export class Registration {
  constructor(
    private readonly accounts: Accounts,
    private readonly passwords: Passwords,
    private readonly socialAccounts: SocialAccounts,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Hashes the password of a sign-up; done before the transaction. @throws DomainError WEAK_PASSWORD (422) */
  hashPassword(password: string): Promise<string> {
    return this.passwords.hashNew(password);
  }

  /**
   * Stores the sign-up and mails the link that confirms the address.
   * @throws DomainError EMAIL_TAKEN (409), VALIDATION_FAILED (422) for an unknown package or a handle of nothing
   */
  async register(tx: Tx, form: RegisterDto, passwordHash: string): Promise<RegisterResponse> {
    const partnerId = this.ids.next();
    const wanted = await findPackage(tx, form.packageId);
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
    await tx.query(
      `INSERT INTO partner_requests (id, kind, partner_id, state, package_id, price_minor, currency, description,
                                     requested_at)
       VALUES ($1, 'partnership', $2, 'pending', $3, $4, $5, $6, $7)`,
      [
        this.ids.next(),
        partnerId,
        wanted.id,
        wanted.price_minor,
        wanted.currency,
        form.description ?? null,
        this.clock.now(),
      ],
    );
    await this.accounts.register(tx, {
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
    const event: PartnerRegistered = { partnerId, ref: form.ref ?? null };
    await this.outbox.publish(tx, PARTNER_REGISTERED, event);
    return { partnerId, status: 'pending' };
  }
}

/** The package asked for, or the default one. */
async function findPackage(tx: Tx, packageId: string | undefined): Promise<PackagePrice> {
  const [found] = await tx.query<PackagePrice[]>(
    `SELECT id, price_minor, currency FROM packages
      WHERE active AND CASE WHEN $1::uuid IS NULL THEN is_default ELSE id = $1 END`,
    [packageId ?? null],
  );
  if (!found) throw invalidField('packageId', 'is not a package that can be applied for');
  return found;
}
