import { Body, Controller, Get, HttpCode, Module, Param, Post, Query } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { setTimeout as delay } from 'node:timers/promises';
import request, { type Agent } from 'supertest';
import { DataSource } from 'typeorm';
import { createApp, startBackgroundWork } from '../../../src/app.setup.js';
import {
  Clock,
  DomainError,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PageQuery,
  PlatformModule,
  Public,
  readConfig,
  TakesAnyQuery,
} from '../../../src/platform/index.js';
import { createTestDatabase } from '../../support/database.js';

interface ProbeBody {
  value?: string;
  fail?: boolean;
}

/** A room that does nothing but use the platform. */
@Controller('probe')
@Public()
class ProbeController {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Post('effects')
  write(@IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null, @Body() body: ProbeBody) {
    return this.effect(key, body);
  }

  @Post('money')
  @HttpCode(200)
  pay(@IdempotencyKeyOf({ required: true }) key: IdempotencyKey, @Body() body: ProbeBody) {
    return this.effect(key, body);
  }

  /** Takes whatever stands in its query. */
  @Get('any')
  @TakesAnyQuery()
  any(): Record<string, never> {
    return {};
  }

  /** A query with a DTO. */
  @Get('page')
  page(@Query() { limit }: PageQuery): { limit: number } {
    return { limit };
  }

  /** Answers when the given number of milliseconds has passed. */
  @Get('slow/:ms')
  async slow(@Param('ms') ms: string): Promise<{ waitedMs: number }> {
    await delay(Number(ms));
    return { waitedMs: Number(ms) };
  }

  /** Keeps the database busy, or fails as the statement fails. */
  @Post('query')
  @HttpCode(200)
  query(@Body() { value = '' }: ProbeBody): Promise<unknown> {
    return this.dataSource.query(value);
  }

  private effect(key: IdempotencyKey | null, body: ProbeBody) {
    return this.idempotency.run(key, async (tx) => {
      const [row] = await tx.query<[{ id: string }]>('INSERT INTO effects (value) VALUES ($1) RETURNING id', [
        body.value ?? null,
      ]);
      if (body.fail) throw new DomainError('PROBE_REFUSED', 'invalid', 'As asked.');
      return { zulu: row.id, alpha: body.value ?? null, at: new Date(0), amount: '0.10' };
    });
  }
}

@Module({ controllers: [ProbeController] })
class ProbeModule {}

export interface ProbeApp {
  app: NestFastifyApplication;
  url: string;
  http: Agent;
  db: DataSource;
  /** Number of effects, rolled back ones not counted. */
  effects(): Promise<number>;
  close(): Promise<void>;
}

/** Starts the platform with the probe as its only room, on a fresh database or on the given one. */
export async function createProbeApp(
  env: Record<string, string> = {},
  given: { databaseUrl?: string; background?: boolean } = {},
): Promise<ProbeApp> {
  const own = given.databaseUrl ? null : await createTestDatabase();
  const databaseUrl = given.databaseUrl ?? own!.url;
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent', DATABASE_POOL_SIZE: '20', ...env });
  const options = { config, databaseUrl, clock: new Clock() };
  const program = { module: class ProbeProgram {}, imports: [PlatformModule.forRoot(options), ProbeModule] };
  const app = await createApp(options, program, []);
  if (given.background !== false) await startBackgroundWork(app);
  await app.listen(0, '127.0.0.1');
  const db = app.get(DataSource);
  await db.query('CREATE TABLE IF NOT EXISTS effects (id bigserial PRIMARY KEY, value text)');
  const url = await app.getUrl();
  return {
    app,
    url,
    http: request.agent(url),
    db,
    effects: async () =>
      Number((await db.query<[{ count: string }]>('SELECT count(*) FROM effects'))[0].count),
    close: async () => {
      await app.close();
      await own?.drop();
    },
  };
}
