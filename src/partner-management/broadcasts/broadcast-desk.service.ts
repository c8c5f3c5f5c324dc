import { Injectable } from '@nestjs/common';
import type { PartnerActor } from '../../identity/index.js';
import { mailboxHash, Mailer, type Tx } from '../../platform/index.js';
import { UnsubscribeLinks } from '../channels/unsubscribe-links.js';
import { countAudience } from './broadcast-audience.js';
import { type BroadcastContent, composeBroadcast } from './broadcast-mail.js';
import { BROADCASTS, type Db, getBroadcast } from './broadcast-rows.js';
import type { BroadcastDto, BroadcastPreviewDto, BroadcastRequestPreviewDto } from './broadcasts.dto.js';

/** Who reads a preview. */
const READER = 'Ann';
const NOBODYS_LINK = 'https://example.com/unsubscribe';

/** What a broadcast looks like, before it reaches anybody. */
@Injectable()
export class BroadcastDesk {
  constructor(
    private readonly links: UnsubscribeLinks,
    private readonly mailer: Mailer,
  ) {}

  /** The mail for a reader called Ann, and how many followers would get it now. @throws DomainError NOT_FOUND */
  async preview(db: Db, partnerId: string, id: string): Promise<BroadcastPreviewDto> {
    const broadcast = await getBroadcast(db, partnerId, id);
    return {
      ...shown(broadcast),
      recipients: broadcast.audience === 'followers' ? await countAudience(db, id) : null,
    };
  }

  /** What operators see of broadcasts before they decide, by id; of decided ones, how many they were at the start. */
  async previews(db: Db, ids: readonly string[]): Promise<Map<string, BroadcastRequestPreviewDto>> {
    const broadcasts = await db.query<BroadcastDto[]>(`${BROADCASTS} WHERE b.id = ANY ($1)`, [ids]);
    const previews = new Map<string, BroadcastRequestPreviewDto>();
    for (const broadcast of broadcasts) {
      const { id, channelId, channelName, engagementType, startAt, countries, languages, state, progress } =
        broadcast;
      previews.set(id, {
        ...{ channelId, channelName, engagementType, startAt: startAt!, countries, languages },
        ...shown(broadcast),
        recipients: state === 'pending' ? await countAudience(db, id) : progress.total,
      });
    }
    return previews;
  }

  /** Mails it to whoever asks, whatever its state. @returns the address @throws DomainError NOT_FOUND */
  async sendTest(tx: Tx, { partnerId, email }: PartnerActor, id: string): Promise<string> {
    const broadcast = await getBroadcast(tx, partnerId, id);
    const unsubscribeUrl = this.links.make({
      mailboxHash: mailboxHash(email),
      channelId: broadcast.channelId,
    });
    const { subject, ...content } = composeBroadcast(broadcast, { name: READER, unsubscribeUrl });
    await this.mailer.send(tx, { to: email, subject: `[Test] ${subject}`, ...content });
    return email;
  }
}

function shown(broadcast: BroadcastDto): Omit<BroadcastContent, 'headers'> {
  const { subject, text, html } = composeBroadcast(broadcast, { name: READER, unsubscribeUrl: NOBODYS_LINK });
  return { subject, text, html };
}
