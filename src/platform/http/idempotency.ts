import { createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { createHmac } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { sha256Hex } from '../crypto/tokens.js';
import { setLocally } from '../database/settings.js';
import { UnitOfWork, type Tx } from '../database/unit-of-work.js';
import { DomainError } from '../errors/domain-error.js';

/** A client's `Idempotency-Key` with what it belongs to. */
export interface IdempotencyKey {
  /** User, impersonator and route: the same key on another route or by somebody else is another key. */
  scope: string;
  /** Hash of the key: with the key itself one could try which password has the fingerprint. */
  key: string;
  /** Hash of the body under the key; null as long as the body is an upload that was not read. */
  fingerprint: string | null;
  /** Set when the stored answer was given again; becomes the header `Idempotent-Replayed`. */
  replayed: boolean;
}

const LONGEST_KEY = 255;
/** In milliseconds; between two statements of the transaction that holds the key for others. */
const LONGEST_STEPS_MS = 15 * 60_000;

type RequestWithKey = FastifyRequest & {
  user?: { userId: string; impersonatorId: string | null };
  idempotencyKey?: IdempotencyKey;
};

interface KeyRules {
  /** Whether a request without a key is refused: where money moves. */
  required: boolean;
  /** Secrets in the body. The fingerprint leaves them out, so that nobody can try what they were. */
  secrets?: readonly string[];
}

const keyOf = (required: boolean) =>
  createParamDecorator(
    (secrets: readonly string[], context: ExecutionContext) => readKey(context, { required, secrets }),
    [
      (target, property) => {
        const describe = ApiHeader({
          name: 'Idempotency-Key',
          required,
          schema: { type: 'string', maxLength: LONGEST_KEY },
          description:
            'The same key with the same body has one effect and gets the same answer for 24 hours. Money routes require it.',
        }) as MethodDecorator;
        describe(target, property!, Object.getOwnPropertyDescriptor(target, property!)!);
      },
    ],
  );
const requiredKey = keyOf(true);
const optionalKey = keyOf(false);

/** The request's idempotency key, or null when there is none and the route does not insist. */
export const IdempotencyKeyOf = ({ required, secrets = [] }: KeyRules): ParameterDecorator =>
  required ? requiredKey(secrets) : optionalKey(secrets);

function readKey(context: ExecutionContext, { required, secrets }: KeyRules): IdempotencyKey | null {
  const request = context.switchToHttp().getRequest<RequestWithKey>();
  const key = request.headers['idempotency-key'];
  if (key === undefined || key === '') {
    if (required)
      throw keyRefused('IDEMPOTENCY_KEY_REQUIRED', 'is required on this route; send a new UUID per action');
    return null;
  }
  if (typeof key !== 'string' || key.length > LONGEST_KEY)
    throw keyRefused('INVALID_IDEMPOTENCY_KEY', `must have at most ${LONGEST_KEY} characters`);
  const scope = `${whoAsks(request)} ${request.method} ${routeOf(request)}`;
  const fingerprint = request.isMultipart() ? null : fingerprintOf(key, request.body, secrets);
  request.idempotencyKey = { scope, key: sha256Hex(key), fingerprint, replayed: false };
  return request.idempotencyKey;
}

/**
 * Has the fingerprint of the request's key, if it has one, stand for an upload.
 * @param parts the text fields, and name and hash of the file
 */
export function coverUpload(request: FastifyRequest, parts: object): void {
  const { idempotencyKey, headers } = request as RequestWithKey;
  if (idempotencyKey) idempotencyKey.fingerprint = fingerprintOf(headers['idempotency-key'] as string, parts);
}

function fingerprintOf(key: string, body: unknown, secrets: readonly string[] = []): string {
  const open = JSON.stringify(body ?? null, (name, value: unknown) =>
    secrets.includes(name) ? null : value,
  );
  return createHmac('sha256', key).update(open).digest('hex');
}

/** The user; an operator in the user's place is somebody else, who must not be given the user's answers. */
function whoAsks({ user }: RequestWithKey): string {
  if (!user) return 'anonymous';
  return user.impersonatorId === null ? user.userId : `${user.userId} by ${user.impersonatorId}`;
}

/** The route with its parameters: other spellings of the same path are the same route. */
function routeOf(request: FastifyRequest): string {
  return `${request.routeOptions.url ?? ''} ${JSON.stringify(request.params ?? {})}`;
}

function keyRefused(code: string, message: string): DomainError {
  return new DomainError(code, 'malformed', `Idempotency-Key ${message}.`, {
    errors: [{ path: 'Idempotency-Key', message }],
  });
}

/** Whether the answer to this request is a stored one. */
export function isReplayed(request: unknown): boolean {
  return (request as RequestWithKey).idempotencyKey?.replayed ?? false;
}

/** Gives a command with an idempotency key one effect and one answer (B06). */
@Injectable()
export class Idempotency {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * Runs `work` in a transaction that also stores its answer under the key; the same key again gets that answer.
   * Without a key it is a plain unit of work.
   * @param work returns the response body, JSON only
   * @throws DomainError IDEMPOTENCY_KEY_IN_USE (409) while the first request runs, IDEMPOTENCY_KEY_REUSED (422)
   *   for another body
   */
  async run<T>(key: IdempotencyKey | null, work: (tx: Tx) => Promise<T>): Promise<T> {
    if (!key) return this.unitOfWork.run(work);
    return this.unitOfWork.run(async (tx) => {
      await claim(tx, key);
      const stored = await findAnswer<T>(tx, key);
      if (stored) return stored.response;
      const response = await work(tx);
      await tx.query(
        `INSERT INTO idempotency_keys (scope, key, fingerprint, response) VALUES ($1, $2, $3, $4)
         ON CONFLICT (scope, key) DO UPDATE
           SET fingerprint = excluded.fingerprint, response = excluded.response, created_at = now()`,
        [key.scope, key.key, key.fingerprint, JSON.stringify(response ?? null)],
      );
      return response;
    });
  }

  /**
   * Like {@link run}, for work that has transactions of its own and takes up what an attempt that was cut off left undone.
   * One more transaction holds the key until the work is done, on a second connection.
   */
  async runSteps<T>(key: IdempotencyKey, work: () => Promise<T>): Promise<T> {
    return this.run(key, async (tx) => {
      await setLocally(tx, { idle_in_transaction_session_timeout: LONGEST_STEPS_MS });
      return work();
    });
  }

  /**
   * The stored answer, for what is checked before the work: the first request passed that, and a repeated one need not.
   * An upload that was not read yet passes for the same.
   * @throws DomainError IDEMPOTENCY_KEY_REUSED (422) for another body
   */
  async find<T>(key: IdempotencyKey | null): Promise<{ response: T } | undefined> {
    return key ? findAnswer<T>(this.dataSource.manager, key) : undefined;
  }

  /**
   * Blanks the stored answers to these users, and those that tell of the thing with that id or were given at its address.
   * The keys stay: a request that is sent again still has no second effect.
   */
  async forget(tx: Tx, userIds: readonly string[], id: string): Promise<void> {
    await tx.query(
      `UPDATE idempotency_keys SET response = 'null'
        WHERE split_part(scope, ' ', 1) = ANY ($1) OR strpos(scope || ' ' || response::text, $2) > 0`,
      [userIds, id],
    );
  }
}

async function claim(tx: Tx, { scope, key }: IdempotencyKey): Promise<void> {
  const [row] = await tx.query<[{ claimed: boolean }]>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS claimed`,
    [`idempotency ${scope} ${key}`],
  );
  if (!row.claimed) {
    throw new DomainError(
      'IDEMPOTENCY_KEY_IN_USE',
      'conflict',
      'The first request with this key is still running.',
    );
  }
}

async function findAnswer<T>(db: EntityManager, key: IdempotencyKey): Promise<{ response: T } | undefined> {
  const [stored] = await db.query<{ fingerprint: string; response: T }[]>(
    `SELECT fingerprint, response FROM idempotency_keys
      WHERE scope = $1 AND key = $2 AND created_at > now() - interval '24 hours'`,
    [key.scope, key.key],
  );
  if (stored && key.fingerprint !== null && stored.fingerprint !== key.fingerprint) {
    throw new DomainError(
      'IDEMPOTENCY_KEY_REUSED',
      'invalid',
      'This Idempotency-Key was used with another body.',
    );
  }
  key.replayed = stored !== undefined;
  return stored;
}
