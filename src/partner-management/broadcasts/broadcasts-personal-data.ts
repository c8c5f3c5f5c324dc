import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HeldTable, PersonalData } from '../../identity/index.js';
import { readRows, type Tx } from '../../platform/index.js';
import { BROADCASTS } from './broadcast-rows.js';

const TABLES: readonly HeldTable[] = [
  { table: 'broadcasts', file: 'broadcasts', onErasure: 'deleted' },
  {
    table: 'broadcast_recipients',
    file: null,
    because: 'tells which other people got a broadcast; the broadcasts tell how many',
    onErasure: 'deleted',
  },
];

const RECIPIENTS_AT_ONCE = 20_000;

/** A partner's broadcasts, and whom they reached (B12). */
@Injectable()
export class BroadcastsPersonalData implements OnModuleInit {
  constructor(private readonly personalData: PersonalData) {}

  onModuleInit(): void {
    this.personalData.register({
      // Before the channels, in the order of names.
      room: 'partner-management/broadcasts',
      tables: TABLES,
      files: {
        broadcasts: (tx, partnerId) =>
          readRows(tx, `${BROADCASTS} WHERE b.partner_id = $1 ORDER BY b.id`, [partnerId]),
      },
      erase,
    });
  }
}

async function erase(tx: Tx, partnerId: string): Promise<'done' | 'more'> {
  const [, removed] = await tx.query<[unknown[], number]>(
    `DELETE FROM broadcast_recipients WHERE (broadcast_id, end_user_id) IN (
       SELECT r.broadcast_id, r.end_user_id FROM broadcast_recipients r JOIN broadcasts b ON b.id = r.broadcast_id
        WHERE b.partner_id = $1 LIMIT ${RECIPIENTS_AT_ONCE})`,
    [partnerId],
  );
  if (removed === RECIPIENTS_AT_ONCE) return 'more';
  await tx.query('DELETE FROM broadcasts WHERE partner_id = $1', [partnerId]);
  return 'done';
}
