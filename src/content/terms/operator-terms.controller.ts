import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import { TermsDesk } from './terms-desk.service.js';
import {
  CreateTermsDto,
  OperatorTermsDto,
  OperatorTermsPage,
  OperatorTermsQuery,
  PublishTermsDto,
  toOperatorTerms,
  UpdateTermsDto,
} from './terms.dto.js';

/** Terms and policies as operators write them, version by version (A21). */
@ApiTags('Operator: content')
@ApiBearerAuth()
@Controller('operator/terms')
export class OperatorTermsController {
  constructor(
    private readonly desk: TermsDesk,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @Requires('operator:content:write')
  @ApiOperation({ summary: 'Draft the next version of terms or of a policy' })
  @ApiCreatedResponse({ type: OperatorTermsDto })
  @ApiProblems(400, 404, 409, 422)
  create(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() body: CreateTermsDto,
  ): Promise<OperatorTermsDto> {
    return this.idempotency.run(key, async (tx) => toOperatorTerms(await this.desk.create(tx, actor, body)));
  }

  @Get()
  @Requires('operator:content:read')
  @ApiOperation({ summary: 'List versions, newest first' })
  @ApiOkResponse({ type: OperatorTermsPage })
  @ApiProblems(400)
  async list(@Query() query: OperatorTermsQuery): Promise<OperatorTermsPage> {
    return mapPage(await this.desk.list(query), toOperatorTerms);
  }

  @Get(':id')
  @Requires('operator:content:read')
  @ApiOperation({ summary: 'Show a version' })
  @ApiOkResponse({ type: OperatorTermsDto })
  @ApiProblems(400, 404)
  async get(@PathId() id: string): Promise<OperatorTermsDto> {
    return toOperatorTerms(await this.desk.get(id));
  }

  @Patch(':id')
  @Requires('operator:content:write')
  @ApiOperation({ summary: 'Change a version that was never in force' })
  @ApiOkResponse({ type: OperatorTermsDto })
  @ApiProblems(400, 404, 409)
  async change(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() body: UpdateTermsDto,
  ): Promise<OperatorTermsDto> {
    return toOperatorTerms(await this.unitOfWork.run((tx) => this.desk.change(tx, actor, id, body)));
  }

  @Post(':id/publish')
  @HttpCode(200)
  @Requires('operator:content:write')
  @ApiOperation({
    summary: 'Bring a version into force, now or at a time to come',
    description: 'It takes the place of the one before. From then on it never changes.',
  })
  @ApiOkResponse({ type: OperatorTermsDto })
  @ApiProblems(400, 404, 409, 422)
  async publish(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { publishAt }: PublishTermsDto,
  ): Promise<OperatorTermsDto> {
    const at = publishAt === undefined ? null : new Date(publishAt);
    return toOperatorTerms(await this.unitOfWork.run((tx) => this.desk.publish(tx, actor, id, at)));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('operator:content:write')
  @ApiOperation({ summary: 'Delete a version that was never in force' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 409)
  delete(@CurrentActor() actor: Actor, @PathId() id: string): Promise<void> {
    return this.unitOfWork.run((tx) => this.desk.delete(tx, actor, id));
  }
}
