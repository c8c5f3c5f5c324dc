import type { INestApplicationContext } from '@nestjs/common';
import { ImportedPartners } from '../../partner-management/index.js';
import { Clock, type Tx } from '../../platform/index.js';
import { SubAffiliates, type TakenOver } from '../../referrals/index.js';
import { COLUMNS, SubAffiliateRow } from './formats.js';
import type { ImportBook } from './import-book.js';
import { idOf, type ImportStep, oneByOne, refusal, timeOf } from './import-step.js';

const REFUSED_CONNECTIONS: Record<Exclude<TakenOver, 'connected'>, [field: string, message: string]> = {
  unknown_link: ['link', 'no link with this code is there'],
  link_for_players: ['link', 'leads to a landing for players, which connects nobody'],
  inactive_inviter: ['link', 'belongs to a partner who is not active'],
  other_inviter: ['partner_id', 'has come through somebody already'],
  circle: ['partner_id', 'is, or has brought, the owner of the link'],
};

/** Takes over who brought whom, by links that are there already. */
export function subAffiliates(app: INestApplicationContext, book: ImportBook): ImportStep {
  const service = app.get(SubAffiliates);
  const partners = app.get(ImportedPartners);
  const clock = app.get(Clock);
  const add = async (tx: Tx, row: SubAffiliateRow): Promise<string> => {
    const partnerId = await idOf(tx, book, 'partner', 'partner_id', row.partner_id);
    const connectedAt = timeOf(clock, 'connected_at', row.connected_at);
    const outcome = await service.takeOver(tx, { partnerId, code: row.link, connectedAt });
    if (outcome === 'connected') {
      if (connectedAt) await partners.registeredBy(tx, partnerId, connectedAt);
      return partnerId;
    }
    const [field, message] = REFUSED_CONNECTIONS[outcome];
    throw refusal(field, outcome.toUpperCase(), message);
  };
  return {
    file: 'sub-affiliates.csv',
    columns: COLUMNS.subAffiliates,
    run: (tx, rows) =>
      oneByOne(tx, book, rows, {
        kind: 'sub_affiliate',
        type: SubAffiliateRow,
        nameOf: ({ partner_id: partner }) => partner,
        add,
        columns: {},
      }),
  };
}
