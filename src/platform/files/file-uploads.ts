import { Injectable, type Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { Tx } from '../database/unit-of-work.js';
import { invalidField } from '../errors/domain-error.js';
import { Idempotency, type IdempotencyKey } from '../http/idempotency.js';
import { NoFields, receiveUpload } from '../http/upload.js';
import type { FileMediaType } from './file-format.js';
import type { ImageSize } from './image-file.js';
import { inspected, measured, namedMediaType } from './inspect-content.js';
import { StoredFiles } from './stored-files.js';

/** What an upload must be like, and where its file goes. */
interface UploadRules<Fields extends object, Media extends FileMediaType> {
  /** Fresh key of the content in the store of files. */
  key: string;
  /** Media types that the file may have. */
  allowed: readonly Media[];
  /** Code of the 422 that says what is wrong with the file. */
  refusedAs: string;
  /** DTO of the text fields beside the file; none may be there unless given. */
  form?: Type<Fields>;
  /** Whether an image is looked at for its size, and refused when browsers could not bear it; not so when absent. */
  sized?: boolean;
  /** Refuses what is clear before anything is read; not asked where the upload's answer is stored already. */
  before?: () => Promise<unknown>;
  /** Refuses a file by its name, before its content is stored. @param fileName as the client gave it */
  refuseName?: (fileName: string) => void;
}

/** An upload whose content is in the store. */
interface ReceivedUpload<Fields extends object, Media extends FileMediaType> {
  fields: Fields;
  file: { fileName: string; mediaType: Media; sizeBytes: number };
  /** Of an image, where it was asked for. */
  imageSize: ImageSize | null;
}

/** Takes files in that belong to rows: first the content into the store, then the row, and nothing of a refused one. */
@Injectable()
export class FileUploads {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly storedFiles: StoredFiles,
  ) {}

  /**
   * Reads a file from the request's multipart body, which passes through as a stream. A repeated request's is read, too:
   * only then it is known to be the same.
   * @param add writes the row, and keeps the file by {@link StoredFiles.keep}
   * @returns what `add` does, the response's body
   * @throws DomainError `refusedAs` (422), FILE_STORE_UNAVAILABLE (503), what `before` and `add` throw, and what
   *   {@link receiveUpload} and {@link Idempotency.run} throw
   */
  async receive<Media extends FileMediaType, Answer, Fields extends object = object>(
    request: FastifyRequest,
    key: IdempotencyKey | null,
    rules: UploadRules<Fields, Media>,
    add: (tx: Tx, upload: ReceivedUpload<Fields, Media>) => Promise<Answer>,
  ): Promise<Answer> {
    if (!(await this.idempotency.find(key))) await rules.before?.();
    try {
      const form = rules.form ?? (NoFields as Type<Fields>);
      const { fields, stored } = await receiveUpload(request, form, (name, content) =>
        this.store(rules, name.normalize('NFC'), content),
      );
      const answer = await this.idempotency.run(key, (tx) => add(tx, { fields, ...stored }));
      if (key?.replayed) await this.storedFiles.giveUp(rules.key);
      return answer;
    } catch (error) {
      await this.storedFiles.giveUp(rules.key);
      throw error;
    }
  }

  private async store<Media extends FileMediaType>(
    { key, allowed, refusedAs, sized, refuseName }: Omit<UploadRules<object, Media>, 'form'>,
    fileName: string,
    content: Readable,
  ): Promise<Omit<ReceivedUpload<object, Media>, 'fields'>> {
    const refusal = (fault: string): Error => invalidField('file', fault, refusedAs);
    refuseName?.(fileName);
    const mediaType = namedMediaType(fileName, allowed, refusal);
    let imageSize: ImageSize | null = null;
    const whole = inspected(content, mediaType, refusal);
    const checked =
      sized && mediaType.startsWith('image/')
        ? measured(whole, refusal, (size) => (imageSize = size))
        : whole;
    const { sizeBytes } = await this.storedFiles.put(key, Readable.from(checked, { objectMode: false }));
    return { file: { fileName, mediaType, sizeBytes }, imageSize };
  }
}
