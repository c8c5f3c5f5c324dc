import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PartnerActor } from './actor.js';
import type { Permission } from './domain/permissions.js';

/** What is known of the partner's things with these ids; those that are not told of stay ids. */
type Teller = (
  db: EntityManager,
  partnerId: string,
  ids: readonly string[],
) => Promise<ReadonlyMap<string, object>>;

interface Detail {
  /** The fact that holds the id. */
  readonly fact: string;
  /** The name under which what is told is added to the facts. */
  readonly shownAs: string;
  /** Without it the actor is told nothing. */
  readonly permission: Permission;
  readonly tell: Teller;
}

/**
 * What people recognise about things that events name by id. It is looked up when an event is read, because what is
 * logged can never be erased; each room tells of its own things.
 */
@Injectable()
export class EventDetails {
  private readonly details: Detail[] = [];

  /** Registers who tells of the things that a fact names; call it in `onModuleInit`. */
  register(detail: Detail): void {
    this.details.push(detail);
  }

  /** The events' facts, with what is told about the things they name. */
  async addTo<D extends Record<string, unknown>>(
    db: EntityManager,
    { partnerId, permissions }: PartnerActor,
    events: readonly D[],
  ): Promise<D[]> {
    let told: D[] = [...events];
    for (const { fact, shownAs, permission, tell } of this.details) {
      if (!permissions.has(permission)) continue;
      const ids = new Set(events.map((data) => data[fact]).filter((id) => typeof id === 'string'));
      if (ids.size === 0) continue;
      const known = await tell(db, partnerId, [...ids]);
      told = told.map((data) => {
        const detail = known.get(data[fact] as string);
        return detail ? { ...data, [shownAs]: detail } : data;
      });
    }
    return told;
  }
}
