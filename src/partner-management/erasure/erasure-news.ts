import { Injectable } from '@nestjs/common';
import { PartnerMails } from '../../identity/index.js';
import type { Tx } from '../../platform/index.js';

/** Mails the owners how the erasure of the partner's data goes. */
@Injectable()
export class ErasureNews {
  constructor(private readonly mails: PartnerMails) {}

  /** It was asked for. */
  requested(tx: Tx, partnerId: string, dueAt: Date): Promise<void> {
    const day = dueAt.toISOString().slice(0, 10);
    return this.mails.sendToOwners(tx, partnerId, {
      subject: 'Your data will be erased',
      text:
        `an owner of your account asked us to erase its data. It begins on ${day}; until then every owner can sign in ` +
        'and cancel it. If it was none of you, sign in and cancel it now, change your password, and write to us.',
    });
  }

  /** It was cancelled. */
  cancelled(tx: Tx, partnerId: string): Promise<void> {
    return this.mails.sendToOwners(tx, partnerId, {
      subject: 'Your data will not be erased',
      text: 'the erasure of your data was cancelled.',
    });
  }

  /** It was cancelled because an operator blocked who had asked for it. */
  withdrawn(tx: Tx, partnerId: string): Promise<void> {
    return this.mails.sendToOwners(tx, partnerId, {
      subject: 'Your data will not be erased',
      text:
        'the erasure of your data was cancelled, because an operator blocked the owner who had asked for it. Another ' +
        'owner can ask for it again.',
    });
  }

  /** Something stands in the way. */
  postponed(tx: Tx, partnerId: string, obstacles: readonly { message: string }[]): Promise<void> {
    const reasons = obstacles.map(({ message }) => `- ${message}`).join('\n');
    return this.mails.sendToOwners(tx, partnerId, {
      subject: 'The erasure of your data has to wait',
      text: `your data cannot be erased yet:\n\n${reasons}\n\nWe look again every day until it is settled.`,
    });
  }

  /** It begins: after this mail the address is no longer known. */
  begins(tx: Tx, partnerId: string): Promise<void> {
    return this.mails.sendToOwners(tx, partnerId, {
      subject: 'Your data is erased',
      text:
        'your data is being erased now, as an owner of your account asked. You can no longer sign in, and this is our ' +
        'last mail. What was billed and paid stays in our books, without your name.',
    });
  }
}
