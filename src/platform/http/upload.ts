import multipart, { type MultipartFile } from '@fastify/multipart';
import { applyDecorators, type Type } from '@nestjs/common';
import { type NestFastifyApplication, RouteConfig } from '@nestjs/platform-fastify';
import { ApiConsumes } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { DomainError } from '../errors/domain-error.js';
import { CountedAs } from '../limits/rate-class.decorator.js';
import { coverUpload } from './idempotency.js';
import { sendProblem } from './problem.filter.js';
import { validationPipe } from './validation.js';

/** Largest file that is taken. */
const MAX_FILE_BYTES = 10 * 1024 * 1024;

const LIMITS = {
  fileSize: MAX_FILE_BYTES,
  files: 1,
  fields: 10,
  parts: 11,
  fieldNameSize: 100,
  fieldSize: 4_000,
  headerPairs: 20,
};
/** What fields and boundaries may add to the file. */
const MAX_BODY_BYTES = MAX_FILE_BYTES + 64 * 1024;
/** How much of a refused body is read to the end, so that its sender hears the answer. */
const MAX_DRAIN_BYTES = 2 * MAX_BODY_BYTES;

interface UploadRouteConfig {
  acceptsUpload?: boolean;
}

/** The route takes a file as `multipart/form-data`, counted as an upload; every other route answers 415 to that. */
export function AcceptsUpload(): MethodDecorator {
  return applyDecorators(
    RouteConfig({ acceptsUpload: true } satisfies UploadRouteConfig),
    CountedAs('upload'),
    ApiConsumes('multipart/form-data'),
  );
}

/** Lets routes marked by {@link AcceptsUpload} read multipart bodies as streams. */
export async function addUploads(app: NestFastifyApplication): Promise<void> {
  await app.register(multipart, { limits: LIMITS });
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('preValidation', (request, reply, done) => {
    const { acceptsUpload } = request.routeOptions.config as UploadRouteConfig;
    if (!request.isMultipart() || acceptsUpload || request.is404) return done();
    sendProblem(unsupported('must be application/json'), request, reply);
  });
}

/** The form of an upload with nothing beside the file. */
export class NoFields {}

/** What an upload brought: its checked fields, and what became of its file. */
export interface Upload<Fields, Stored> {
  fields: Fields;
  stored: Stored;
}

/**
 * Reads an upload: one file under the name `file`, which `store` takes as a stream, and text fields in any order. When
 * the promise rejects, `store` may have ended well before: whatever it stored is the caller's to remove.
 * The request's idempotency key, if it has one, stands for fields and file from then on.
 * @param form DTO of the fields; unknown ones are refused by name
 * @param store takes the name that the client gave the file, checked by nobody, and the content, which fails when it
 *   is cut off or too large
 * @throws DomainError UNSUPPORTED_MEDIA_TYPE (415), FILE_TOO_LARGE (413), MALFORMED_UPLOAD or VALIDATION_FAILED (400)
 */
export async function receiveUpload<Fields extends object, Stored>(
  request: FastifyRequest,
  form: Type<Fields>,
  store: (fileName: string, content: Readable) => Promise<Stored>,
): Promise<Upload<Fields, Stored>> {
  try {
    if (!request.isMultipart()) throw unsupported('must be multipart/form-data');
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw fileTooLarge();
    const { texts, fileName, hash, stored } = await readParts(request, store);
    if (stored.length === 0) throw malformedUpload('file', 'must be given');
    coverUpload(request, { texts, fileName, sha256: hash.digest('hex') });
    const pipe = validationPipe();
    const fields = (await pipe.transform(texts, { type: 'body', metatype: form })) as Fields;
    return { fields, stored: stored[0]! };
  } catch (error) {
    drain(request.raw);
    throw error;
  }
}

interface Parts<Stored> {
  texts: Record<string, unknown>;
  fileName: string;
  /** Of the file's content. */
  hash: Hash;
  /** One, or none where no file came. */
  stored: Stored[];
}

async function readParts<Stored>(
  request: FastifyRequest,
  store: (fileName: string, content: Readable) => Promise<Stored>,
): Promise<Parts<Stored>> {
  const texts: Record<string, unknown> = {};
  const stored: Stored[] = [];
  const hash = createHash('sha256');
  let fileName = '';
  // With folders, so that a name that brings some can be refused.
  const parts = request.parts({ preservePath: true });
  for (let part = await nextOf(parts); part; part = await nextOf(parts)) {
    if (part.type === 'field') {
      if (Object.hasOwn(texts, part.fieldname)) throw malformedUpload(part.fieldname, 'must be given once');
      if (part.valueTruncated) throw malformedUpload(part.fieldname, 'is too long');
      texts[part.fieldname] = part.value;
      continue;
    }
    if (part.fieldname !== 'file') throw malformedUpload(part.fieldname, 'must not be a file');
    fileName = part.filename ?? '';
    stored.push(await store(fileName, Readable.from(wholeContent(part, hash), { objectMode: false })));
  }
  return { texts, fileName, hash, stored };
}

async function nextOf<Part>(parts: AsyncIterableIterator<Part>): Promise<Part | null> {
  try {
    const { done, value } = (await parts.next()) as IteratorResult<Part, undefined>;
    return done ? null : value;
  } catch (error) {
    throw asRefusal(error);
  }
}

/** The content of a file; one that is cut off, by the sender or by the limit, does not pass for a whole one. */
async function* wholeContent({ file }: MultipartFile, hash: Hash): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of file as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw asRefusal(error);
  }
  if (file.truncated) throw fileTooLarge();
}

/** Whatever the parser throws, it found something wrong with the body. */
function asRefusal(error: unknown): DomainError {
  switch ((error as { code?: string }).code) {
    case 'FST_REQ_FILE_TOO_LARGE':
      return fileTooLarge();
    case 'FST_FILES_LIMIT':
      return malformedUpload('file', 'must be one file');
    case 'FST_FIELDS_LIMIT':
    case 'FST_PARTS_LIMIT':
      return malformedUpload('body', 'has too many fields');
    default:
      return malformedUpload('body', 'must be whole multipart/form-data');
  }
}

/** Reads what is left of a refused body, within bounds: a client that is cut off while it sends loses the answer. */
function drain(body: FastifyRequest['raw']): void {
  let drained = 0;
  body.unpipe();
  body.on('data', (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > MAX_DRAIN_BYTES) body.destroy();
  });
  body.resume();
}

function malformedUpload(path: string, message: string): DomainError {
  return new DomainError('MALFORMED_UPLOAD', 'malformed', `${path}: ${message}`, {
    errors: [{ path, message }],
  });
}

function fileTooLarge(): DomainError {
  const message = `must have at most ${MAX_FILE_BYTES / 1024 ** 2} MiB`;
  return new DomainError('FILE_TOO_LARGE', 'too_large', `file: ${message}`, {
    errors: [{ path: 'file', message }],
  });
}

function unsupported(message: string): DomainError {
  return new DomainError('UNSUPPORTED_MEDIA_TYPE', 'unsupported', `The body ${message}.`, {
    errors: [{ path: 'body', message }],
  });
}
