import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventDetails } from '../identity/index.js';
import { Partners } from '../partner-management/index.js';

/** Names sub-affiliates in the event log of who brought them (A29). */
@Injectable()
export class SubAffiliateNames implements OnModuleInit {
  constructor(
    private readonly details: EventDetails,
    private readonly partners: Partners,
  ) {}

  onModuleInit(): void {
    this.details.register({
      fact: 'subAffiliateId',
      shownAs: 'subAffiliate',
      permission: 'partner:sub-affiliates:read',
      tell: (db, partnerId, ids) => this.tell(db, partnerId, ids),
    });
  }

  private async tell(
    db: EntityManager,
    partnerId: string,
    ids: readonly string[],
  ): Promise<Map<string, object>> {
    const own = await db.query<{ id: string }[]>(
      'SELECT partner_id AS id FROM sub_affiliates WHERE inviter_id = $1 AND partner_id = ANY ($2)',
      [partnerId, ids],
    );
    const names = await this.partners.names(
      db,
      own.map(({ id }) => id),
    );
    return new Map([...names].map(([id, name]) => [id, { id, name }]));
  }
}
