import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  wholeList,
} from '../platform/index.js';
import {
  CreateTrafficSourceDto,
  toTrafficSourceResponse,
  TrafficSourceList,
  TrafficSourceResponse,
} from './promos.dto.js';
import { TrafficSources } from './traffic-sources.service.js';

/** Traffic sources: partners choose, operators add. */
@ApiTags('Traffic sources')
@ApiBearerAuth()
@Controller()
export class TrafficSourcesController {
  constructor(
    private readonly trafficSources: TrafficSources,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get('partner/traffic-sources')
  @Requires('partner:campaigns:read')
  @ApiOperation({ summary: 'List the traffic sources' })
  @ApiOkResponse({ type: TrafficSourceList })
  @ApiProblems()
  async list(): Promise<TrafficSourceList> {
    return wholeList((await this.trafficSources.list(this.dataSource)).map(toTrafficSourceResponse));
  }

  @Post('operator/traffic-sources')
  @Requires('operator:traffic-sources:write')
  @ApiOperation({ summary: 'Add a traffic source for all partners' })
  @ApiCreatedResponse({ type: TrafficSourceResponse })
  @ApiProblems(400, 409, 422)
  async create(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() { name }: CreateTrafficSourceDto,
  ): Promise<TrafficSourceResponse> {
    return this.idempotency.run(key, async (tx) => {
      return toTrafficSourceResponse(await this.trafficSources.create(tx, actor, name));
    });
  }
}
