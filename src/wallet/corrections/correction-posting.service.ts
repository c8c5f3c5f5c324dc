import { Injectable } from '@nestjs/common';
import { type Actor, EventLog } from '../../identity/index.js';
import { DomainError, type Tx } from '../../platform/index.js';
import { Ledger } from '../ledger.service.js';
import { allowOverdrawing, forbidOverdrawing } from '../overdrawing.js';
import { WalletOwners } from '../wallet-owners.service.js';
import { wouldOverdraw } from '../wallet.errors.js';
import type { BalanceCorrection } from './correction-book.js';

/** Brings a decided correction to the ledger and tells its owner. */
@Injectable()
export class CorrectionPosting {
  constructor(
    private readonly ledger: Ledger,
    private readonly owners: WalletOwners,
    private readonly eventLog: EventLog,
  ) {}

  /**
   * Posts the correction, once.
   * @throws DomainError WOULD_OVERDRAW (422) when the available balance would go below zero and nobody has confirmed
   *   that, WALLET_FROZEN, PARTNER_ERASED (409)
   */
  async post(tx: Tx, actor: Actor, correction: BalanceCorrection): Promise<void> {
    const { id, ownerId, amount, comment } = correction;
    await this.owners.refuseErased(tx, ownerId);
    if (correction.mayOverdraw) await allowOverdrawing(tx, [{ ownerId, currency: amount.currency }]);
    try {
      await this.ledger.post(tx, {
        kind: 'balance_correction',
        reference: id,
        memo: comment,
        entries: [
          { account: { ownerId: null, kind: 'balance_correction' }, amount: amount.negate() },
          { account: { ownerId, kind: 'available' }, amount },
        ],
      });
    } catch (error) {
      if (error instanceof DomainError && error.code === 'INSUFFICIENT_FUNDS') throw wouldOverdraw();
      throw error;
    }
    await forbidOverdrawing(tx);
    await this.eventLog.record(tx, actor, {
      partnerId: ownerId,
      type: 'balance_corrected',
      subjectId: ownerId,
      data: { amount: amount.toJSON(), comment },
    });
  }
}
