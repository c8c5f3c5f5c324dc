import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HeldTable, PersonalData } from '../identity/index.js';
import { readRows, type Tx } from '../platform/index.js';

const TABLES: readonly HeldTable[] = [{ table: 'news_reads', file: 'read-news', onErasure: 'deleted' }];

const USERS_OF = 'SELECT user_id FROM memberships WHERE partner_id = $1';

const READ_NEWS = `
  SELECT r.user_id AS "userId", r.news_id AS "newsId", n.title, r.read_at AS "readAt"
    FROM news_reads r JOIN news n ON n.id = r.news_id WHERE r.user_id IN (${USERS_OF}) ORDER BY r.news_id, r.user_id`;

/** What a partner's people read (B12). */
@Injectable()
export class ContentPersonalData implements OnModuleInit {
  constructor(private readonly personalData: PersonalData) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'content',
      tables: TABLES,
      files: { 'read-news': (tx, partnerId) => readRows(tx, READ_NEWS, [partnerId]) },
      erase: (tx, partnerId) => this.erase(tx, partnerId),
    });
  }

  private async erase(tx: Tx, partnerId: string): Promise<'done'> {
    await tx.query(`DELETE FROM news_reads WHERE user_id IN (${USERS_OF})`, [partnerId]);
    return 'done';
  }
}
