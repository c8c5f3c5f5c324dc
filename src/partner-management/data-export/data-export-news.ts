import { Injectable } from '@nestjs/common';
import { PartnerMails } from '../../identity/index.js';
import { Config, type Tx } from '../../platform/index.js';

/** Mails the owners what became of a copy. The link opens nothing by itself: who follows it must sign in. */
@Injectable()
export class DataExportNews {
  constructor(
    private readonly mails: PartnerMails,
    private readonly config: Config,
  ) {}

  /** The copy can be downloaded. */
  async ready(tx: Tx, { id, partnerId }: { id: string; partnerId: string }, expiresAt: Date): Promise<void> {
    const day = expiresAt.toISOString().slice(0, 10);
    await this.mails.sendToOwners(tx, partnerId, {
      subject: 'The copy of your data is ready',
      text:
        `the copy of your data that an owner of your account asked for can be downloaded until ${day}, by an owner, ` +
        `signed in: ${this.config.publicUrl}/api/v1/partner/data-export/${id}/download\n\n` +
        'If it was none of you who asked for it, change your password and write to us.',
    });
  }

  /** The copy could not be made. */
  async failed(tx: Tx, partnerId: string): Promise<void> {
    await this.mails.sendToOwners(tx, partnerId, {
      subject: 'The copy of your data could not be made',
      text:
        'the copy of your data that an owner of your account asked for could not be made. Please ask for it again, ' +
        'or write to us.',
    });
  }
}
