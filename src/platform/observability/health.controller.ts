import { type BeforeApplicationShutdown, Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { DomainError } from '../errors/domain-error.js';
import { ApiProblems } from '../http/api-problems.js';
import { Public } from '../http/public.decorator.js';
import { CountedAs } from '../limits/rate-class.decorator.js';
import { HealthDto } from './health.dto.js';
import { Metrics } from './metrics.js';

/** Longer than most load balancers' probes take, far shorter than the 25 s a stop may take. */
const DRAIN_MS = 500;

/** Liveness, readiness and metrics (B13). */
@ApiTags('operation')
@Controller()
@CountedAs('none')
@Public()
export class HealthController implements BeforeApplicationShutdown {
  private stopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly metrics: Metrics,
  ) {}

  beforeApplicationShutdown(): void {
    this.stopping = true;
  }

  /** Says "not ready" for a moment while requests are still served, so that load balancers turn away. */
  async drain(): Promise<void> {
    this.stopping = true;
    await delay(DRAIN_MS);
  }

  @Get('health/live')
  @ApiOperation({ summary: 'Whether the process runs' })
  @ApiOkResponse({ type: HealthDto })
  @ApiProblems()
  live(): HealthDto {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @ApiOperation({
    summary: 'Whether the process can answer requests: its database answers and it is not stopping',
  })
  @ApiOkResponse({ type: HealthDto })
  @ApiProblems()
  async ready(): Promise<HealthDto> {
    if (this.stopping) {
      throw new DomainError('STOPPING', 'unavailable', 'This process is stopping.', { retryAfterSeconds: 5 });
    }
    await this.dataSource.query('SELECT 1');
    return { status: 'ok' };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ summary: 'Metrics in the Prometheus text format' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ type: String })
  @ApiProblems()
  async read(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
