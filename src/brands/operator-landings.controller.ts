import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PathId,
  UnitOfWork,
} from '../platform/index.js';
import {
  CreateLandingDto,
  LandingPage,
  LandingResponse,
  LandingsQuery,
  toLandingResponse,
  UpdateLandingDto,
} from './landings.dto.js';
import { Landings } from './landings.service.js';

/** Landings, for operators. */
@ApiTags('Operator: landings and media')
@ApiBearerAuth()
@Controller('operator')
export class OperatorLandingsController {
  constructor(
    private readonly landings: Landings,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Post('landings')
  @Requires('operator:brands:write')
  @ApiOperation({ summary: 'Add a landing to a brand' })
  @ApiCreatedResponse({ type: LandingResponse })
  @ApiProblems(400, 404, 409, 422)
  async createLanding(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() body: CreateLandingDto,
  ): Promise<LandingResponse> {
    return this.idempotency.run(key, async (tx) =>
      toLandingResponse(await this.landings.create(tx, actor, body)),
    );
  }

  @Get('landings')
  @Requires('operator:brands:read')
  @ApiOperation({ summary: 'List landings' })
  @ApiOkResponse({ type: LandingPage })
  @ApiProblems(400)
  async listLandings(@Query() query: LandingsQuery): Promise<LandingPage> {
    return mapPage(await this.landings.list(this.dataSource, query), toLandingResponse);
  }

  @Get('landings/:id')
  @Requires('operator:brands:read')
  @ApiOperation({ summary: 'Show a landing' })
  @ApiOkResponse({ type: LandingResponse })
  @ApiProblems(400, 404)
  async getLanding(@PathId() id: string): Promise<LandingResponse> {
    return toLandingResponse(await this.landings.get(this.dataSource, id));
  }

  @Patch('landings/:id')
  @Requires('operator:brands:write')
  @ApiOperation({ summary: 'Change a landing' })
  @ApiOkResponse({ type: LandingResponse })
  @ApiProblems(400, 404)
  async changeLanding(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() body: UpdateLandingDto,
  ): Promise<LandingResponse> {
    return toLandingResponse(await this.unitOfWork.run((tx) => this.landings.change(tx, actor, id, body)));
  }
}
