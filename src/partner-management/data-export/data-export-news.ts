import { Injectable } from '@nestjs/common';
import { Accounts } from '../../identity/index.js';
import { Config, Mailer, type Tx } from '../../platform/index.js';

/** Mails the owner what became of a copy. The link opens nothing by itself: who follows it must sign in. */
@Injectable()
export class DataExportNews {
  constructor(
    private readonly accounts: Accounts,
    private readonly mailer: Mailer,
    private readonly config: Config,
  ) {}

  /** The copy can be downloaded. */
  async ready(tx: Tx, { id, partnerId }: { id: string; partnerId: string }, expiresAt: Date): Promise<void> {
    const day = expiresAt.toISOString().slice(0, 10);
    await this.mail(
      tx,
      partnerId,
      'The copy of your data is ready',
      `the copy of your data that you asked for can be downloaded until ${day}, by the owner, signed in: ` +
        `${this.config.publicUrl}/api/v1/partner/data-export/${id}/download\n\n` +
        'If it was not you who asked for it, change your password and write to us.',
    );
  }

  /** The copy could not be made. */
  async failed(tx: Tx, partnerId: string): Promise<void> {
    await this.mail(
      tx,
      partnerId,
      'The copy of your data could not be made',
      'the copy of your data that you asked for could not be made. Please ask for it again, or write to us.',
    );
  }

  private async mail(tx: Tx, partnerId: string, subject: string, text: string): Promise<void> {
    const to = await this.accounts.ownerEmail(tx, partnerId);
    if (to) await this.mailer.send(tx, { to, subject, text: `Hello,\n\n${text}` });
  }
}
