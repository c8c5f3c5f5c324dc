import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, Config, DomainError, Timed, type Tx, UnitOfWork } from '../platform/index.js';
import { PublicationMoves } from './publication-moves.service.js';
import { Reviews } from './reviews.service.js';

/** Ids that are read at once. */
const BATCH = 200;

/**
 * Does what time does to publications: those whose deadline has passed are overdue, those that brands have not decided
 * on in time are confirmed. Each is a transaction of its own by the same table of moves, so instances share the work and
 * a killed one leaves nothing half done.
 */
@Injectable()
export class PublicationDeadlines {
  private readonly logger = new Logger(PublicationDeadlines.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly moves: PublicationMoves,
    private readonly reviews: Reviews,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  @Timed('* * * * *', { name: 'publications.deadlines' })
  async wake(): Promise<void> {
    if (!this.config.worker) return;
    try {
      await this.runDue();
    } catch (error) {
      this.logger.error({ err: error }, 'Deadlines of publications wait for the next minute');
    }
  }

  /** Works off everything that is due. */
  async runDue(): Promise<void> {
    const nobody = { side: 'system', actor: null } as const;
    await this.each('deadline_at', async (tx, id) => {
      await this.moves.move(tx, nobody, id, 'expire');
    });
    await this.each('confirm_at', (tx, id) => this.reviews.confirmUnanswered(tx, id));
  }

  private async each(
    column: 'deadline_at' | 'confirm_at',
    work: (tx: Tx, id: string) => Promise<void>,
  ): Promise<void> {
    const now = this.clock.now();
    for (let after: string | null = null; ;) {
      const due: { id: string }[] = await this.dataSource.query(
        `SELECT id FROM publications WHERE ${column} <= $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
        [now, after, BATCH],
      );
      for (const { id } of due) await this.one(id, (tx) => work(tx, id));
      if (due.length < BATCH) return;
      after = due.at(-1)!.id;
    }
  }

  /** What is refused has been decided meanwhile, or waits: a suspended creator is paid once it is active again. */
  private async one(id: string, work: (tx: Tx) => Promise<void>): Promise<void> {
    try {
      await this.unitOfWork.run(work);
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'conflict') return;
      this.logger.error({ err: error, publication: id }, 'A publication could not be moved on');
    }
  }
}
