import { Injectable } from '@nestjs/common';
import { type Actor, EventLog, PartnerMails } from '../../identity/index.js';
import { Config, type Tx } from '../../platform/index.js';
import type { BrandSuggestion } from './brand-suggestion.js';

/** Tells partners what became of their suggestions: in the event log, and by mail, as of every decision on a request. */
@Injectable()
export class SuggestionNews {
  constructor(
    private readonly events: EventLog,
    private readonly mails: PartnerMails,
    private readonly config: Config,
  ) {}

  async tell(tx: Tx, actor: Actor, suggestion: BrandSuggestion): Promise<void> {
    const { id, partnerId, name, reason } = suggestion;
    const about = { partnerId, subjectId: id };
    if (reason === null) {
      await this.events.record(tx, actor, { ...about, type: 'brand_suggestion_accepted', data: { name } });
    } else {
      const data = { name, reason };
      await this.events.record(tx, actor, { ...about, type: 'brand_suggestion_declined', data });
    }
    await this.mails.sendToContact(tx, partnerId, {
      subject: reason === null ? 'Your brand suggestion was accepted' : 'Your brand suggestion was declined',
      text: this.messageOf(suggestion),
    });
  }

  private messageOf({ name, brandId, reason }: BrandSuggestion): string {
    if (reason !== null) return `we cannot take up your suggestion of ${name}:\n\n${reason}`;
    const where = brandId ? `it is in the catalogue now: ${this.config.publicUrl}` : 'we are talking to it';
    return `thank you for suggesting ${name}: ${where}`;
  }
}
