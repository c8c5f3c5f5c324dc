import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  EventLog,
  type EventType,
  type LoggedEvents,
  MemberTraces,
  PARTNER_EVENTS,
} from '../../identity/index.js';
import { Clock, Outbox, type Tx } from '../../platform/index.js';
import { AccountHolders } from '../../wallet/index.js';
import { playerNameHash } from '../person-hashes.js';
import { PlayerChecks } from './player-checks.consumer.js';

/** After these a partner has people or accounts that nobody knew of when its players were reported. */
const NEWS: ReadonlySet<EventType> = new Set(['payment_method_added', 'member_invited', 'email_changed']);

const PLAYERS_AT_ONCE = 5_000;

/** What is compared of a player; its time and id tell where the next page begins. */
interface NamedPlayer {
  id: string;
  /** To the microsecond. */
  signedUpAt: string;
  mailboxHash: string | null;
  profile: Record<string, string>;
}

/**
 * Looks again at players who bear the mailbox or the name of a partner's people or accounts, when these become known
 * later than the players (B07): most accounts are added for the first cash-out.
 */
@Injectable()
export class NameChecks implements OnModuleInit {
  constructor(
    private readonly outbox: Outbox,
    private readonly eventLog: EventLog,
    private readonly traces: MemberTraces,
    private readonly holders: AccountHolders,
    private readonly players: PlayerChecks,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.outbox.consume<LoggedEvents>('tracking-name-checks', PARTNER_EVENTS, async (tx, { payload }) => {
      const events = await this.eventLog.read(tx, payload.eventIds);
      const news = events.filter(({ type }) => NEWS.has(type));
      for (const partnerId of new Set(news.map((event) => event.partnerId))) await this.check(tx, partnerId);
    });
  }

  private async check(tx: Tx, partnerId: string): Promise<void> {
    const members = await this.traces.ofPartners(tx, [partnerId], this.clock.now());
    const accounts = await this.holders.ofOwners(tx, [partnerId]);
    const mailboxes = new Set([...members, ...accounts].map(({ mailboxHash }) => mailboxHash));
    const names = new Set(accounts.map(({ nameHash }) => nameHash));
    const isKnown = (hash: string | null, hashes: ReadonlySet<string | null>): boolean =>
      hash !== null && hashes.has(hash);
    let after: NamedPlayer | undefined;
    do {
      const page = await namedPlayers(tx, partnerId, after);
      const same = page.filter(
        ({ mailboxHash, profile }) =>
          isKnown(mailboxHash, mailboxes) || isKnown(playerNameHash(profile), names),
      );
      await this.players.check(
        tx,
        same.map(({ id }) => id),
      );
      after = page.length < PLAYERS_AT_ONCE ? undefined : page.at(-1);
    } while (after);
  }
}

/** The next of the partner's players whose mailbox or names are known, in the order of sign-up. */
async function namedPlayers(tx: Tx, partnerId: string, after?: NamedPlayer): Promise<NamedPlayer[]> {
  return tx.query<NamedPlayer[]>(
    `SELECT id, signed_up_at::text AS "signedUpAt", email_hash AS "mailboxHash", profile FROM players
      WHERE partner_id = $1 AND (signed_up_at, id) > ($2, $3)
        AND (email_hash IS NOT NULL OR profile ?& '{first_name,last_name}')
      ORDER BY signed_up_at, id LIMIT ${PLAYERS_AT_ONCE}`,
    [partnerId, after?.signedUpAt ?? '-infinity', after?.id ?? '00000000-0000-0000-0000-000000000000'],
  );
}
