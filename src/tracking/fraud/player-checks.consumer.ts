import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MemberTraces } from '../../identity/index.js';
import { Clock, Outbox, type Tx } from '../../platform/index.js';
import { AccountHolders } from '../../wallet/index.js';
import { PLAYERS_REPORTED, type PlayersReported } from '../tracking.events.js';
import { PLAYER_RULES, tracesSince } from './domain/rules.js';
import { FraudBook, type RaisedSignal } from './fraud-book.js';
import { type CheckedPlayer, loadPlayers } from './player-facts.js';

const PLAYERS_AT_ONCE = 500;

/** Looks at players by the rules (B07), after what was reported of them has been committed: a batch waits for no rule. */
@Injectable()
export class PlayerChecks implements OnModuleInit {
  constructor(
    private readonly outbox: Outbox,
    private readonly book: FraudBook,
    private readonly traces: MemberTraces,
    private readonly holders: AccountHolders,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.outbox.consume<PlayersReported>(
      'tracking-player-checks',
      PLAYERS_REPORTED,
      async (tx, { payload: { playerIds } }) => this.check(tx, playerIds),
    );
  }

  /** Raises what the rules find of the players, and of those it changes; what was raised before stays as it is. */
  async check(tx: Tx, playerIds: readonly string[]): Promise<void> {
    const found: RaisedSignal[] = [];
    for (let from = 0; from < playerIds.length; from += PLAYERS_AT_ONCE) {
      const players = await loadPlayers(tx, playerIds.slice(from, from + PLAYERS_AT_ONCE));
      found.push(...(await this.find(tx, players)));
    }
    await this.book.raise(tx, found);
  }

  private async find(tx: Tx, players: readonly CheckedPlayer[]): Promise<RaisedSignal[]> {
    const partnerIds = [...new Set(players.map(({ partnerId }) => partnerId))];
    const since = tracesSince(this.clock.now());
    const members = Map.groupBy(
      await this.traces.ofPartners(tx, partnerIds, since),
      ({ partnerId }) => partnerId,
    );
    const accounts = Map.groupBy(await this.holders.ofOwners(tx, partnerIds), ({ ownerId }) => ownerId);
    return players.flatMap(({ id, brandId, partnerId, campaignId, promoId, ...facts }) => {
      const player = {
        ...facts,
        members: members.get(partnerId) ?? [],
        accounts: accounts.get(partnerId) ?? [],
      };
      const subject = { brandId, partnerId, campaignId, promoId, playerId: id, orderId: null };
      return PLAYER_RULES.flatMap((rule) =>
        rule.find(player).map((finding) => ({ rule, ...finding, ...subject, occurredAt: facts.signedUpAt })),
      );
    });
  }
}
