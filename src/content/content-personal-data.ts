import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HeldTable, PersonalData } from '../identity/index.js';
import { readRows, type Tx } from '../platform/index.js';
import { TicketsPersonalData } from './tickets/tickets-personal-data.js';

const TABLES: readonly HeldTable[] = [
  { table: 'news_reads', file: 'read-news', onErasure: 'deleted' },
  { table: 'terms_acceptances', file: 'accepted-terms', onErasure: 'anonymised' },
  { table: 'tickets', file: 'tickets', onErasure: 'deleted' },
  { table: 'ticket_messages', file: 'ticket-messages', onErasure: 'deleted' },
  { table: 'ticket_attachments', file: 'ticket-attachments', onErasure: 'deleted' },
];

const USERS_OF = 'SELECT user_id FROM memberships WHERE partner_id = $1';

const READ_NEWS = `
  SELECT r.user_id AS "userId", r.news_id AS "newsId", n.title, r.read_at AS "readAt"
    FROM news_reads r JOIN news n ON n.id = r.news_id WHERE r.user_id IN (${USERS_OF}) ORDER BY r.news_id, r.user_id`;

const ACCEPTED_TERMS = `
  SELECT a.id, v.kind, v.brand_id AS "brandId", v.version, v.title, a.user_id AS "userId", a.address,
         a.accepted_at AS "acceptedAt"
    FROM terms_acceptances a JOIN terms_versions v ON v.id = a.version_id WHERE a.partner_id = $1 ORDER BY a.id`;

/** What a partner's people read, accepted and asked (B12). */
@Injectable()
export class ContentPersonalData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly tickets: TicketsPersonalData,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'content',
      tables: TABLES,
      files: {
        'read-news': (tx, partnerId) => readRows(tx, READ_NEWS, [partnerId]),
        'accepted-terms': (tx, partnerId) => readRows(tx, ACCEPTED_TERMS, [partnerId]),
        tickets: (tx, partnerId) => this.tickets.tickets(tx, partnerId),
        'ticket-messages': (tx, partnerId) => this.tickets.messages(tx, partnerId),
        'ticket-attachments': (tx, partnerId) => this.tickets.attachments(tx, partnerId),
      },
      attachments: (tx, partnerId) => this.tickets.contents(tx, partnerId),
      erase: (tx, partnerId) => this.erase(tx, partnerId),
    });
  }

  private async erase(tx: Tx, partnerId: string): Promise<'done'> {
    await this.tickets.erase(tx, partnerId);
    await tx.query(`DELETE FROM news_reads WHERE user_id IN (${USERS_OF})`, [partnerId]);
    // That and when it was accepted stays, by ids only: it proves what was agreed.
    await tx.query(
      'UPDATE terms_acceptances SET address = NULL WHERE partner_id = $1 AND address IS NOT NULL',
      [partnerId],
    );
    return 'done';
  }
}
