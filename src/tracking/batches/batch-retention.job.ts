import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, Config, Timed, uuidV7Floor } from '../../platform/index.js';

const KEPT_MS = 90 * 24 * 60 * 60 * 1_000;
/** So many at once that no statement takes long. */
const SLICE = 5_000;

/** Forgets batches after 90 days; the facts that they brought, and the corrections of facts, stay. */
@Injectable()
export class BatchRetention {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** May run on several instances at once: it only removes what is over. */
  @Timed('37 3 * * *', { name: 'tracking.batch-retention' })
  async run(): Promise<void> {
    if (!this.config.worker) return;
    const oldest = uuidV7Floor(new Date(this.clock.now().getTime() - KEPT_MS));
    for (let removed = SLICE; removed === SLICE;) {
      const [{ count }] = await this.dataSource.query<[{ count: number }]>(
        `WITH removed AS (
           DELETE FROM sync_batches WHERE id IN (SELECT id FROM sync_batches WHERE id < $1 ORDER BY id LIMIT $2)
           RETURNING 1)
         SELECT count(*)::int AS count FROM removed`,
        [oldest, SLICE],
      );
      removed = count;
    }
  }
}
