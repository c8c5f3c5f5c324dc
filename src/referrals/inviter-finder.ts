import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Inviters, Partners } from '../partner-management/index.js';

/** Tells the room of partners who brought whom. */
@Injectable()
export class InviterFinder implements OnModuleInit {
  constructor(
    private readonly partners: Partners,
    private readonly inviters: Inviters,
  ) {}

  onModuleInit(): void {
    this.inviters.register((db, partnerId) => this.find(db, partnerId));
  }

  private async find(db: EntityManager, partnerId: string): Promise<{ id: string; name: string } | null> {
    const [connection] = await db.query<{ id: string }[]>(
      'SELECT inviter_id AS id FROM sub_affiliates WHERE partner_id = $1',
      [partnerId],
    );
    if (!connection) return null;
    const names = await this.partners.names(db, [connection.id]);
    return { id: connection.id, name: names.get(connection.id)! };
  }
}
