import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
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
import { CreateCommissionPlanDto, PlansQuery, UpdateCommissionPlanDto } from './commission-plans.dto.js';
import { CommissionPlans } from './commission-plans.service.js';
import { PlanEditor } from './plan-editor.service.js';
import { PlanPage, PlanResponse, toPlanResponse } from './plan-responses.dto.js';
import { STRATEGY_CLASSES } from './strategies.dto.js';

/** Commission plans, for operators. */
@ApiTags('Operator: commission plans')
@ApiBearerAuth()
@ApiExtraModels(...Object.values(STRATEGY_CLASSES))
@Controller('operator/commission-plans')
export class OperatorPlansController {
  constructor(
    private readonly plans: CommissionPlans,
    private readonly editor: PlanEditor,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Post()
  @Requires('operator:commission-plans:write')
  @ApiOperation({ summary: 'Make a commission plan' })
  @ApiCreatedResponse({ type: PlanResponse })
  @ApiProblems(400, 404, 409, 422)
  async create(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() body: CreateCommissionPlanDto,
  ): Promise<PlanResponse> {
    return this.idempotency.run(key, async (tx) => toPlanResponse(await this.editor.create(tx, actor, body)));
  }

  @Get()
  @Requires('operator:commission-plans:read')
  @ApiOperation({ summary: 'List commission plans' })
  @ApiOkResponse({ type: PlanPage })
  @ApiProblems(400)
  async list(@Query() query: PlansQuery): Promise<PlanPage> {
    return mapPage(await this.plans.list(this.dataSource, query), toPlanResponse);
  }

  @Get(':id')
  @Requires('operator:commission-plans:read')
  @ApiOperation({
    summary:
      'Show a commission plan with its terms of the current period, and those that wait for the next one',
  })
  @ApiOkResponse({ type: PlanResponse })
  @ApiProblems(400, 404)
  async get(@PathId() id: string): Promise<PlanResponse> {
    return toPlanResponse(await this.plans.getWithTerms(this.dataSource, id));
  }

  @Patch(':id')
  @Requires('operator:commission-plans:write')
  @ApiOperation({ summary: 'Change a commission plan; terms that differ make a new version' })
  @ApiOkResponse({ type: PlanResponse })
  @ApiProblems(400, 404, 422)
  async change(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() body: UpdateCommissionPlanDto,
  ): Promise<PlanResponse> {
    return toPlanResponse(await this.unitOfWork.run((tx) => this.editor.change(tx, actor, id, body)));
  }
}
