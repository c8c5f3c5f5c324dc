import { Injectable } from '@nestjs/common';
import { Config, SecretBox } from '../../platform/index.js';
import { wrongUnsubscribeLink } from './channels.errors.js';

const CONTEXT = 'end_users.unsubscribe';
const CONTENT = /^([0-9a-f]{64}) ([0-9a-f-]{36})$/;

/** What an unsubscribe link stands for. */
export interface UnsubscribeTarget {
  readonly mailboxHash: string;
  readonly channelId: string;
}

/**
 * Links by which whoever gets a channel's mails leaves it, without signing in. Their tokens are sealed: nobody makes
 * one up, nothing of them is stored, and they work for as long as their key is among those of the program.
 */
@Injectable()
export class UnsubscribeLinks {
  constructor(
    private readonly secretBox: SecretBox,
    private readonly config: Config,
  ) {}

  /** The link of a mailbox for a channel. */
  make({ mailboxHash, channelId }: UnsubscribeTarget): string {
    const token = this.secretBox.seal(`${mailboxHash} ${channelId}`, CONTEXT);
    return `${this.config.publicUrl}/api/v1/unsubscribe?token=${token}`;
  }

  /** @throws DomainError INVALID_TOKEN (422) */
  read(token: string | undefined): UnsubscribeTarget {
    const [, mailboxHash, channelId] = CONTENT.exec(this.open(token)) ?? [];
    if (mailboxHash === undefined || channelId === undefined) throw wrongUnsubscribeLink();
    return { mailboxHash, channelId };
  }

  private open(token: string | undefined): string {
    try {
      return this.secretBox.open(token ?? '', CONTEXT);
    } catch {
      throw wrongUnsubscribeLink();
    }
  }
}
