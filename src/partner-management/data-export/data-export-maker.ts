import { Injectable, Logger } from '@nestjs/common';
import { PersonalData } from '../../identity/index.js';
import { Clock, Snapshots, type Tx, UnitOfWork } from '../../platform/index.js';
import { DataExportFiles, type ExportFile, type StoredExport } from './data-export-files.js';
import { DataExportNews } from './data-export-news.js';
import { exportArchive } from './export-archive.js';

/** After so many tries that failed or died, the partner is told to ask again. */
const ATTEMPTS = 5;
const KEEP_DAYS = 7;
/** Reading all of a large partner takes longer than a request may. */
const READ_ALL = { statement_timeout: '10min', idle_in_transaction_session_timeout: '10min' };

/** Makes the copies of partners' data that were asked for. A try that dies leaves nothing that counts. */
@Injectable()
export class DataExportMaker {
  private readonly logger = new Logger(DataExportMaker.name);

  constructor(
    private readonly snapshots: Snapshots,
    private readonly unitOfWork: UnitOfWork,
    private readonly personalData: PersonalData,
    private readonly files: DataExportFiles,
    private readonly news: DataExportNews,
    private readonly clock: Clock,
  ) {}

  /** Makes a copy, unless it is made or given up. @throws what made the try fail, for the next one to be made */
  async make(exportId: string): Promise<void> {
    const file = await this.claim(exportId);
    if (!file) return;
    if (file.attempt > ATTEMPTS) return this.giveUp(file);
    try {
      const stored = await this.write(file);
      const counts = await this.unitOfWork.run((tx) => this.finish(tx, file, stored));
      // Another try was faster, or the partner was erased meanwhile.
      if (!counts) await this.files.giveUp(file);
    } catch (error) {
      this.logger.warn({ err: error, exportId, attempt: file.attempt }, 'A data export could not be made');
      await this.files.giveUp(file);
      if (file.attempt >= ATTEMPTS) return this.giveUp(file);
      throw error;
    }
  }

  private async claim(exportId: string): Promise<ExportFile | null> {
    const [[claimed]] = await this.unitOfWork.run((tx) =>
      tx.query<[ExportFile[], number]>(
        `UPDATE data_exports SET attempts = attempts + 1 WHERE id = $1 AND state = 'pending'
       RETURNING id, partner_id AS "partnerId", attempts AS attempt`,
        [exportId],
      ),
    );
    return claimed ?? null;
  }

  private async write(file: ExportFile): Promise<StoredExport> {
    return this.snapshots.read(async (db) => {
      const { partnerId } = file;
      const archive = await exportArchive(db, this.personalData.rooms(), {
        partnerId,
        madeAt: this.clock.now(),
      });
      return this.files.put(file, archive);
    }, READ_ALL);
  }

  private async finish(tx: Tx, file: ExportFile, { sealedKey, sizeBytes }: StoredExport): Promise<boolean> {
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + KEEP_DAYS * 86_400_000);
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE data_exports SET state = 'ready', sealed_key = $3, size_bytes = $4, finished_at = $5, expires_at = $6
        WHERE id = $1 AND state = 'pending' AND attempts = $2`,
      [file.id, file.attempt, sealedKey, sizeBytes, now, expiresAt],
    );
    if (count === 0) return false;
    await this.files.keep(tx, file);
    await this.news.ready(tx, file, expiresAt);
    return true;
  }

  private async giveUp(file: ExportFile): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const [, count] = await tx.query<[unknown[], number]>(
        `UPDATE data_exports SET state = 'failed', finished_at = $2 WHERE id = $1 AND state = 'pending'`,
        [file.id, this.clock.now()],
      );
      if (count > 0) await this.news.failed(tx, file.partnerId);
    });
  }
}
