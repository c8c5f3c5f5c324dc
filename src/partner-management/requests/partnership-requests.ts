import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Actor, PartnerAccess } from '../../identity/index.js';
import { Clock, invalidField, Money, type Tx } from '../../platform/index.js';
import { PackageChanges } from '../packages/package-changes.service.js';
import { type PartnerRequest, RequestKinds } from './request-kinds.js';
import { PartnerRequests, type Requester } from './partner-requests.service.js';

interface OfferedPackage {
  id: string;
  name: string;
  price_minor: string;
  currency: string;
}

/** Requests for a package: the first one by the sign-up, others to change to another package (rules §9.2). */
@Injectable()
export class PartnershipRequests implements OnModuleInit {
  constructor(
    private readonly kinds: RequestKinds,
    private readonly requests: PartnerRequests,
    private readonly packageChanges: PackageChanges,
    private readonly access: PartnerAccess,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.kinds.register({
      kind: 'partnership',
      onApproved: (tx, actor, request) => this.begin(tx, actor, request),
      onRejected: (tx, _actor, { partnerId }) => refuse(tx, partnerId),
    });
  }

  /**
   * Asks for a package, the program's default one when none is named; what the partner has stays until the decision.
   * @returns the request's id
   * @throws DomainError VALIDATION_FAILED (422) for an unknown package and for one's own, PARTNER_STATE_CONFLICT (409),
   *   REQUEST_PENDING (409)
   */
  async open(
    tx: Tx,
    requester: Requester,
    { packageId, description }: { packageId?: string; description?: string },
  ): Promise<string> {
    const wanted = await offered(tx, packageId);
    const [partner] = await tx.query<{ package_id: string | null }[]>(
      'SELECT package_id FROM partners WHERE id = $1',
      [requester.partnerId],
    );
    if (partner?.package_id === wanted.id) throw invalidField('packageId', 'is the package that you have');
    return this.requests.open(tx, requester, {
      kind: 'partnership',
      subjectId: wanted.id,
      title: wanted.name,
      price: Money.of(BigInt(wanted.price_minor), wanted.currency),
      description: description ?? null,
    });
  }

  /** The partner works with the program from now on, with the package; a suspended one stays so. */
  private async begin(tx: Tx, actor: Actor, { partnerId, subjectId }: PartnerRequest): Promise<void> {
    await this.packageChanges.change(tx, actor, partnerId, subjectId);
    const [[partner]] = await tx.query<[[{ state: string }], number]>(
      `UPDATE partners SET approved_at = coalesce(approved_at, $2),
              state = CASE WHEN state = 'suspended' THEN state ELSE 'active' END
        WHERE id = $1 RETURNING state`,
      [partnerId, this.clock.now()],
    );
    if (partner.state === 'active') await this.access.open(tx, partnerId);
  }
}

/** Who waited for the first partnership is rejected; who has one keeps it. */
async function refuse(tx: Tx, partnerId: string): Promise<void> {
  await tx.query(`UPDATE partners SET state = 'rejected' WHERE id = $1 AND state = 'pending'`, [partnerId]);
}

/** The package asked for, or the default one. */
async function offered(tx: Tx, packageId: string | undefined): Promise<OfferedPackage> {
  const [found] = await tx.query<OfferedPackage[]>(
    `SELECT id, name, price_minor, currency FROM packages
      WHERE active AND CASE WHEN $1::uuid IS NULL THEN is_default ELSE id = $1 END`,
    [packageId ?? null],
  );
  if (!found) throw invalidField('packageId', 'is not a package that can be applied for');
  return found;
}
