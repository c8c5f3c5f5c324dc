import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { type ActingUser, EventLog } from '../../identity/index.js';
import type { Tx } from '../../platform/index.js';
import type { OfferingKind } from '../domain/entitlements.js';
import type { OfferingDto } from './offerings.dto.js';

const HOLDERS: Readonly<Record<OfferingKind, string>> = {
  package: `SELECT id FROM partners WHERE package_id = $1 AND state <> 'erased' ORDER BY id`,
  add_on: `SELECT DISTINCT p.id FROM partner_add_ons g JOIN partners p ON p.id = g.partner_id
            WHERE g.add_on_id = $1 AND p.state <> 'erased' ORDER BY p.id`,
};

/** Tells partners that what they have allows something else from now on (B11). */
@Injectable()
export class PackageNews {
  constructor(private readonly eventLog: EventLog) {}

  /** Records an event for each partner that has it, when its limits or features differ. */
  async tell(
    tx: Tx,
    actor: ActingUser,
    kind: OfferingKind,
    before: OfferingDto,
    after: OfferingDto,
  ): Promise<void> {
    if (isDeepStrictEqual([before.limits, before.features], [after.limits, after.features])) return;
    const holders = await tx.query<{ id: string }[]>(HOLDERS[kind], [after.id]);
    await this.eventLog.recordAll(
      tx,
      actor,
      holders.map(({ id }) => ({
        partnerId: id,
        type: 'package_terms_changed' as const,
        subjectId: id,
        data: { packageName: after.name },
      })),
    );
  }
}
