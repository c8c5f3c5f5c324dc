import type { Tx } from '../platform/index.js';
import type { ActivityBatch } from './activity-batch.js';
import { actionId } from './batch-log.js';
import type { FirstDeposit } from './first-deposits.js';
import type { NewDeposit } from './new-deposits.js';
import type { PlayerAction } from './tracking.events.js';

interface Origin {
  id: string;
  visit_id: string | null;
  country: string | null;
  query: Record<string, string>;
}

/** The actions of new deposits: each of which anything was not told yet is a deposit, and a player's first one is that besides. */
export async function depositActions(
  tx: Tx,
  { brandId, brandCurrency }: ActivityBatch,
  added: readonly NewDeposit[],
  firsts: readonly FirstDeposit[],
): Promise<PlayerAction[]> {
  const deposits = added.filter(({ toldAs, untoldMinor }) => toldAs === null && untoldMinor > 0n);
  if (deposits.length === 0) return [];
  const origins = await findOrigins(tx, deposits);
  const firstIds = new Map(firsts.map(({ playerId, depositId }) => [playerId, depositId]));
  return deposits.flatMap(({ player, deposit, untoldMinor }) => {
    const origin = origins.get(player.id)!;
    const common = {
      partnerId: player.partnerId,
      campaignId: player.campaignId,
      promoId: player.promoId,
      playerId: player.id,
      playerExternalId: player.externalId,
      visitId: origin.visit_id,
      occurredAt: deposit.processed_at.toISOString(),
      amountMinor: untoldMinor.toString(),
      currency: brandCurrency,
      country: origin.country,
      query: origin.query,
    };
    const actions: PlayerAction[] = [
      { ...common, action: 'deposit', eventId: actionId('deposit', `${brandId}:${deposit.external_id}`) },
    ];
    if (firstIds.get(player.id) === deposit.external_id) {
      actions.unshift({ ...common, action: 'first_deposit', eventId: actionId('first_deposit', player.id) });
    }
    return actions;
  });
}

async function findOrigins(tx: Tx, deposits: readonly NewDeposit[]): Promise<Map<string, Origin>> {
  const rows = await tx.query<Origin[]>(
    'SELECT id, visit_id, country, query FROM players WHERE id = ANY($1)',
    [[...new Set(deposits.map(({ player }) => player.id))]],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
