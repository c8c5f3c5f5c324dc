import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { type Actor, AuditLog } from '../identity/index.js';
import { Ids, type Tx } from '../platform/index.js';
import { trafficSourceExists } from './campaigns.errors.js';
import { TrafficSource } from './traffic-source.entity.js';

/** The channels that partners choose from. */
@Injectable()
export class TrafficSources {
  constructor(
    private readonly ids: Ids,
    private readonly audit: AuditLog,
  ) {}

  /** All of them, in the order they were added. */
  async list(db: EntityManager | DataSource): Promise<TrafficSource[]> {
    return db.getRepository(TrafficSource).find({ order: { id: 'ASC' } });
  }

  /** Whether there is such a traffic source. */
  async exists(db: EntityManager | DataSource, id: string): Promise<boolean> {
    return db.getRepository(TrafficSource).existsBy({ id });
  }

  /**
   * Adds a traffic source for all partners.
   * @throws DomainError TRAFFIC_SOURCE_EXISTS
   */
  async create(tx: Tx, actor: Actor, name: string): Promise<TrafficSource> {
    const source: TrafficSource = { id: this.ids.next(), name };
    const inserted = await tx.query<unknown[]>(
      'INSERT INTO traffic_sources (id, name) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING RETURNING id',
      [source.id, source.name],
    );
    if (inserted.length === 0) throw trafficSourceExists(name);
    await this.audit.record(tx, actor, {
      action: 'traffic_source.create',
      subject: { type: 'traffic_source', id: source.id },
      before: null,
      after: { ...source },
    });
    return source;
  }
}
