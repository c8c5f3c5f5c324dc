import { Injectable, Logger, type OnModuleDestroy, StreamableFile } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Config, DomainError, refusalOf, Spool, type Spooled } from '../../platform/index.js';
import type { BatchKind } from '../batches/sync-batches.service.js';
import { type PendingSignature, SyncAuthentication } from '../sync-authentication.js';
import { isGzip } from '../sync-json.js';
import { malformedBatch, processStopping, syncBodyTooLarge, tooManyBackfills } from '../tracking.errors.js';
import { FileRecorder, type RecordedBatch } from './file-recorder.service.js';
import { ndjsonItems } from './ndjson-items.js';

export const NDJSON = 'application/x-ndjson';
/** Bodies of one key that are taken in or worked on at once; each of them may fill the disk up to its limit. */
const MAX_AT_ONCE = 2;

type Sums = Record<'accepted' | 'duplicate' | 'corrected' | 'rejected', number>;

/**
 * Takes in what brands' servers send as NDJSON (A07). The signature of a body is known when its last byte has come: so
 * the body is kept on the disk until then, and nothing of it is read before.
 */
@Injectable()
export class Backfills implements OnModuleDestroy {
  private readonly logger = new Logger(Backfills.name);
  private readonly busyKeys = new Map<string, number>();
  private readonly coming = new Set<Readable>();
  private stopping = false;

  constructor(
    private readonly authentication: SyncAuthentication,
    private readonly recorder: FileRecorder,
    private readonly spool: Spool,
    private readonly config: Config,
  ) {}

  /** Those that are worked on end after the batch at hand, and say so; those that are still coming are cut off. */
  onModuleDestroy(): void {
    this.stopping = true;
    for (const body of this.coming) body.destroy();
  }

  /**
   * Takes the request's body in; the answer is NDJSON and is written while batches are recorded.
   * @throws DomainError SYNC_NOT_AUTHENTICATED (401), BATCH_TOO_LARGE (413), UNSUPPORTED_MEDIA_TYPE (415),
   *   TOO_MANY_BACKFILLS (429), FILE_STORE_UNAVAILABLE (503); MALFORMED_BATCH (400) when nothing can be read of it
   */
  async receive(request: FastifyRequest, body: Readable, kind: BatchKind): Promise<StreamableFile> {
    const gzip = isGzip(request.headers['content-encoding']);
    const signature = await this.authentication.begin(request);
    const leave = this.enter(signature.keyId);
    let spooled: Spooled | null = null;
    const end = async (): Promise<void> => {
      leave();
      await spooled?.discard();
    };
    try {
      this.checkSize(Number(request.headers['content-length'] ?? 0));
      spooled = await this.spool.take(this.signed(body, signature));
      const brand = await signature.getBrand();
      const plain = gzip ? this.unzipped(spooled.read()) : spooled.read();
      const batches = this.recorder.record(kind, brand, ndjsonItems(plain));
      // What fails before anything is recorded is answered as every other request is.
      const first = await batches.next();
      const answer = Readable.from(this.answer(first, batches), { objectMode: false });
      answer.once('close', () => void end());
      return new StreamableFile(answer, { type: NDJSON });
    } catch (error) {
      await end();
      throw error;
    }
  }

  private enter(keyId: string): () => void {
    const busy = this.busyKeys.get(keyId) ?? 0;
    if (busy === MAX_AT_ONCE) throw tooManyBackfills(MAX_AT_ONCE);
    this.busyKeys.set(keyId, busy + 1);
    return () => {
      const left = this.busyKeys.get(keyId)! - 1;
      if (left > 0) this.busyKeys.set(keyId, left);
      else this.busyKeys.delete(keyId);
    };
  }

  private async *signed(body: Readable, signature: PendingSignature): AsyncGenerator<Buffer> {
    let size = 0;
    this.coming.add(body);
    try {
      // A connection that is torn down because its body is refused would lose the answer.
      for await (const chunk of body.iterator({ destroyOnReturn: false })) {
        const bytes = chunk as Buffer;
        size += bytes.length;
        this.checkSize(size);
        signature.update(bytes);
        yield bytes;
      }
    } finally {
      this.coming.delete(body);
    }
  }

  private async *unzipped(compressed: Readable): AsyncGenerator<Buffer> {
    let size = 0;
    try {
      for await (const chunk of pipeline(compressed, createGunzip(), () => undefined)) {
        size += (chunk as Buffer).length;
        this.checkSize(size);
        yield chunk as Buffer;
      }
    } catch (error) {
      const isDamaged = String((error as { code?: unknown }).code).startsWith('Z_');
      throw isDamaged ? malformedBatch('body', 'must be whole gzip data') : error;
    }
  }

  private checkSize(bytes: number): void {
    if (bytes > this.config.maxBackfillBytes) throw syncBodyTooLarge(this.config.maxBackfillBytes);
  }

  /**
   * The lines of the answer: every item that was not plainly accepted, after every batch the sums so far, and at the
   * end the sums of all, with what went wrong if not everything could be recorded.
   */
  private async *answer(
    first: IteratorResult<RecordedBatch, void>,
    batches: AsyncGenerator<RecordedBatch>,
  ): AsyncGenerator<string> {
    const sums: Sums = { accepted: 0, duplicate: 0, corrected: 0, rejected: 0 };
    try {
      for (let next = first; !next.done; next = await batches.next()) {
        for (const name of Object.keys(sums) as (keyof Sums)[]) sums[name] += next.value[name];
        yield next.value.items.map(toLine).join('') + toLine({ state: 'working', ...sums });
        if (this.stopping) throw processStopping();
      }
      yield toLine({ state: 'finished', ...sums });
    } catch (error) {
      const { code, message } = this.refusal(error);
      yield toLine({ state: 'failed', ...sums, code, message });
    } finally {
      await batches.return(undefined);
    }
  }

  private refusal(error: unknown): DomainError {
    const refusal = refusalOf(error);
    if (!refusal) this.logger.error({ err: error }, 'A backfill failed');
    else if (refusal !== error) this.logger.warn({ err: error }, 'A backfill was cut short');
    return refusal ?? new DomainError('INTERNAL_ERROR', 'unavailable', 'Something went wrong on our side.');
  }
}

function toLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
