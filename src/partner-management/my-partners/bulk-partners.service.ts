import { Injectable } from '@nestjs/common';
import type { Actor } from '../../identity/index.js';
import { DomainError, invalidField, type Tx, UnitOfWork } from '../../platform/index.js';
import { tooManyPartners } from '../partner-management.errors.js';
import { PackageChanges } from '../packages/package-changes.service.js';
import { Partners } from '../partners.service.js';
import { PersonalManagers } from '../personal-managers.service.js';
import { Suspensions } from '../suspensions.service.js';
import {
  type BulkPartnersDto,
  type BulkRefusalDto,
  type BulkResultDto,
  MAX_AT_ONCE,
} from './my-partners.dto.js';
import { PartnerMarks } from './partner-marks.service.js';

/** Ends a dry run's transaction, so that nothing of it stays. */
class DryRun extends Error {}

type Change = (tx: Tx, partnerId: string) => Promise<unknown>;

/**
 * Does the same with many partners (O08): with each in a transaction of its own, so that one refusal stops no other. A
 * dry run does the very same and takes it back, so it refuses exactly what the run would.
 */
@Injectable()
export class BulkPartners {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly partners: Partners,
    private readonly suspensions: Suspensions,
    private readonly managers: PersonalManagers,
    private readonly packages: PackageChanges,
    private readonly marks: PartnerMarks,
  ) {}

  /** @throws DomainError TOO_MANY_PARTNERS (422), VALIDATION_FAILED (422) for both `ids` and `filter` */
  async run(actor: Actor, command: BulkPartnersDto): Promise<BulkResultDto> {
    const change = this.changeOf(actor, command);
    const ids = await this.idsOf(command);
    const { action, dryRun } = command;
    const refused: BulkRefusalDto[] = [];
    for (const id of ids) {
      const refusal = await this.attempt(id, change, dryRun);
      if (refusal)
        refused.push({ partnerId: id, partnerName: null, code: refusal.code, message: refusal.message });
    }
    const names = await this.unitOfWork.run((tx) => this.partners.names(tx, refused.map(({ partnerId }) => partnerId))); // prettier-ignore
    return {
      action,
      dryRun,
      matched: ids.length,
      done: ids.length - refused.length,
      refused: refused.map((one) => ({ ...one, partnerName: names.get(one.partnerId) ?? null })),
    };
  }

  /** Changes one partner, or would. @returns why not; null when nothing speaks against it */
  private async attempt(partnerId: string, change: Change, dryRun: boolean): Promise<DomainError | null> {
    try {
      await this.unitOfWork.run(async (tx) => {
        await change(tx, partnerId);
        if (dryRun) throw new DryRun();
      });
      return null;
    } catch (error) {
      if (error instanceof DryRun) return null;
      if (error instanceof DomainError && error.kind !== 'unavailable') return error;
      throw error;
    }
  }

  private changeOf(actor: Actor, command: BulkPartnersDto): Change {
    const { reason, managerId, packageId, group } = command;
    switch (command.action) {
      case 'suspend':
        return (tx, id) => this.suspensions.suspend(tx, actor, id, reason!);
      case 'reactivate':
        return (tx, id) => this.suspensions.reactivate(tx, actor, id);
      case 'set_manager':
        return (tx, id) => this.managers.assign(tx, actor, id, managerId ?? null);
      case 'set_package':
        return (tx, id) => this.packages.assign(tx, actor, id, packageId!);
      case 'add_group':
        return (tx, id) => this.marks.addGroup(tx, actor, id, group!);
      case 'remove_group':
        return (tx, id) => this.marks.removeGroup(tx, actor, id, group!);
    }
  }

  private async idsOf({ ids, filter }: BulkPartnersDto): Promise<string[]> {
    if (ids && filter) throw invalidField('filter', 'does not go with ids: name one of them');
    if (ids) return [...new Set(ids.map((id) => id.toLowerCase()))];
    const { items, nextCursor } = await this.partners.list(filter ?? {}, { limit: MAX_AT_ONCE });
    if (nextCursor !== null) throw tooManyPartners(MAX_AT_ONCE);
    return items.map(({ id }) => id);
  }
}
