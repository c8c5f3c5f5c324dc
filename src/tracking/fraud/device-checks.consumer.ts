import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MemberTraces, SIGNED_IN, type SignedIn } from '../../identity/index.js';
import { Clock, Outbox, type Tx } from '../../platform/index.js';
import { placeOf } from './domain/place.js';
import { tracesSince } from './domain/rules.js';
import { OrderChecks } from './order-checks.consumer.js';
import { PlayerChecks } from './player-checks.consumer.js';

/** Looks again at players and orders whose visits came from where a partner's people sign in later than they (B07). */
@Injectable()
export class DeviceChecks implements OnModuleInit {
  constructor(
    private readonly outbox: Outbox,
    private readonly traces: MemberTraces,
    private readonly players: PlayerChecks,
    private readonly orders: OrderChecks,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.outbox.consume<SignedIn>('tracking-device-checks', SIGNED_IN, (tx, { payload: { partnerId } }) =>
      this.check(tx, partnerId),
    );
  }

  private async check(tx: Tx, partnerId: string): Promise<void> {
    const since = tracesSince(this.clock.now());
    const members = await this.traces.ofPartners(tx, [partnerId], since);
    const areas = members.flatMap(({ devices }) => devices.map(({ address }) => placeOf(address)?.area));
    const known = [...new Set(areas)].filter((area) => area !== undefined);
    if (known.length === 0) return;
    await this.players.check(tx, await broughtFrom(tx, PLAYERS, [partnerId, since, known]));
    await this.orders.check(tx, await broughtFrom(tx, ORDERS, [partnerId, since, known]));
  }
}

const PLAYERS = 'SELECT id, visit_id FROM players WHERE partner_id = $1 AND signed_up_at >= $2';
const ORDERS = 'SELECT id, visit_id FROM orders WHERE partner_id = $1 AND ordered_at >= $2';
/** As `area` of a place. */
const AREA = 'host(network(set_masklen(ip, CASE family(ip) WHEN 4 THEN 24 ELSE 48 END)))::inet';

/**
 * Ids of the partner's players or orders since then that visits from one of the areas brought. (The LIMIT has the planner
 * find each visit by its id, whatever it takes the lengths of the tables to be.)
 */
async function broughtFrom(
  tx: Tx,
  facts: string,
  parameters: [partnerId: string, since: Date, areas: readonly string[]],
): Promise<string[]> {
  const rows = await tx.query<{ id: string }[]>(
    `SELECT f.id FROM (${facts}) f
      CROSS JOIN LATERAL (SELECT ip FROM visits WHERE id = f.visit_id LIMIT 1) v
      WHERE ${AREA} = ANY ($3::inet[]) ORDER BY f.id`,
    parameters,
  );
  return rows.map(({ id }) => id);
}
