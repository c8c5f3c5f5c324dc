import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Logger } from '@nestjs/common';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import pLimit from 'p-limit';
import type { S3Settings } from '../config/config.js';
import { checkedKey, fileNotFound, FileStore, fileStoreUnavailable } from './file-store.js';
import { removeStaleIncoming, writeIncoming } from './incoming-files.js';

/** The smallest part that S3 takes; one part of each upload is in memory, and one being read. */
const PART_BYTES = 5 * 1024 * 1024;
/** Uploads that hold parts in memory at once; others wait on the disk. */
const UPLOADS_AT_ONCE = 4;
const TRIES = 3;
const CONNECT_MS = 5_000;
/** Without a byte for so long, a connection is given up. */
const IDLE_MS = 30_000;

/**
 * Files in a bucket of an S3-compatible store. A content is first taken to a local file: so a slow or broken sender
 * holds nothing in the store, and each part can be sent again.
 */
export class S3FileStore extends FileStore {
  private readonly client: S3Client;
  private readonly limit = pLimit(UPLOADS_AT_ONCE);

  private constructor(
    private readonly settings: S3Settings,
    private readonly incoming: string,
  ) {
    super();
    this.client = s3Client(settings);
  }

  /**
   * The store in that bucket.
   * @param incoming local folder for contents on their way
   * @throws Error when the bucket is not there or the keys do not open it
   */
  static async create(settings: S3Settings, incoming: string): Promise<S3FileStore> {
    const store = new S3FileStore(settings, incoming);
    await removeStaleIncoming(incoming);
    await store.checkBucket();
    return store;
  }

  async put(key: string, content: Readable): Promise<{ sizeBytes: number }> {
    const target = this.location(key);
    const { path, sizeBytes } = await writeIncoming(this.incoming, content);
    try {
      await this.limit(() =>
        new Upload({
          client: this.client,
          params: { ...target, Body: createReadStream(path) },
          partSize: PART_BYTES,
          queueSize: 1,
        }).done(),
      );
    } catch (error) {
      throw fileStoreUnavailable(error);
    } finally {
      await rm(path, { force: true });
    }
    return { sizeBytes };
  }

  async open(key: string): Promise<Readable> {
    const source = this.location(key);
    try {
      const { Body } = await this.client.send(new GetObjectCommand(source));
      return Body as Readable;
    } catch (error) {
      throw statusOf(error) === 404 ? fileNotFound() : fileStoreUnavailable(error);
    }
  }

  async delete(key: string): Promise<void> {
    const target = this.location(key);
    try {
      await this.client.send(new DeleteObjectCommand(target));
    } catch (error) {
      throw fileStoreUnavailable(error);
    }
  }

  private location(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.settings.bucket, Key: checkedKey(key) };
  }

  /** A wrong setting stops the start; a store that is away for the moment does not. */
  private async checkBucket(): Promise<void> {
    try {
      await this.client.send(new HeadBucketCommand({ Bucket: this.settings.bucket }));
    } catch (error) {
      const status = statusOf(error);
      if (status !== undefined && status < 500 && status !== 429) {
        throw new Error(
          `The bucket ${this.settings.bucket} cannot be used (${status}): check the S3_ settings`,
          {
            cause: error,
          },
        );
      }
      new Logger(S3FileStore.name).warn({ err: error }, 'The store of files does not answer');
    }
  }
}

function s3Client({ endpoint, region, accessKeyId, secretAccessKey, pathStyle }: S3Settings): S3Client {
  return new S3Client({
    ...(endpoint !== null && { endpoint }),
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: pathStyle,
    maxAttempts: TRIES,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: IDLE_MS },
    // Many stores do not know the newer checksum trailers.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

/** HTTP status that the store answered with; undefined when it did not answer. */
function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}
