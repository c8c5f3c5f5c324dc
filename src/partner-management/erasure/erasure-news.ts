import { Injectable } from '@nestjs/common';
import { Accounts } from '../../identity/index.js';
import { Mailer, type Tx } from '../../platform/index.js';

/** Mails the owner how the erasure of the partner's data goes. */
@Injectable()
export class ErasureNews {
  constructor(
    private readonly accounts: Accounts,
    private readonly mailer: Mailer,
  ) {}

  /** It was asked for. */
  requested(tx: Tx, partnerId: string, dueAt: Date): Promise<void> {
    const day = dueAt.toISOString().slice(0, 10);
    return this.mail(
      tx,
      partnerId,
      'Your data will be erased',
      `you asked us to erase your data. It begins on ${day}; until then you can sign in and cancel it. ` +
        'If it was not you, sign in and cancel it now, change your password, and write to us.',
    );
  }

  /** It was cancelled. */
  cancelled(tx: Tx, partnerId: string): Promise<void> {
    return this.mail(
      tx,
      partnerId,
      'Your data will not be erased',
      'the erasure of your data was cancelled.',
    );
  }

  /** Something stands in the way. */
  postponed(tx: Tx, partnerId: string, obstacles: readonly { message: string }[]): Promise<void> {
    const reasons = obstacles.map(({ message }) => `- ${message}`).join('\n');
    return this.mail(
      tx,
      partnerId,
      'The erasure of your data has to wait',
      `your data cannot be erased yet:\n\n${reasons}\n\nWe look again every day until it is settled.`,
    );
  }

  /** It begins: after this mail the address is no longer known. */
  begins(tx: Tx, partnerId: string): Promise<void> {
    return this.mail(
      tx,
      partnerId,
      'Your data is erased',
      'your data is being erased now, as you asked. You can no longer sign in, and this is our last mail. What was ' +
        'billed and paid stays in our books, without your name.',
    );
  }

  private async mail(tx: Tx, partnerId: string, subject: string, text: string): Promise<void> {
    const to = await this.accounts.ownerEmail(tx, partnerId);
    if (to) await this.mailer.send(tx, { to, subject, text: `Hello,\n\n${text}` });
  }
}
