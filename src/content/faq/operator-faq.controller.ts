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
import {
  CreateFaqEntryDto,
  FaqEntryDto,
  FaqEntryPage,
  FaqQuery,
  toFaqEntry,
  UpdateFaqEntryDto,
} from './faq.dto.js';
import { Faq } from './faq.service.js';

/** Questions and answers, for operators (T11, T12). */
@ApiTags('Operator: content')
@ApiBearerAuth()
@Controller('operator/faq')
export class OperatorFaqController {
  constructor(
    private readonly faq: Faq,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @Requires('operator:content:write')
  @ApiOperation({ summary: 'Add a question with its answer' })
  @ApiCreatedResponse({ type: FaqEntryDto })
  @ApiProblems(400, 409, 422)
  create(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() body: CreateFaqEntryDto,
  ): Promise<FaqEntryDto> {
    return this.idempotency.run(key, async (tx) => toFaqEntry(await this.faq.create(tx, actor, body)));
  }

  @Get()
  @Requires('operator:content:read')
  @ApiOperation({ summary: 'List questions, by topic and position' })
  @ApiOkResponse({ type: FaqEntryPage })
  @ApiProblems(400)
  async list(@Query() query: FaqQuery): Promise<FaqEntryPage> {
    return mapPage(await this.faq.list(query, false), toFaqEntry);
  }

  @Get(':id')
  @Requires('operator:content:read')
  @ApiOperation({ summary: 'Show a question with its answer' })
  @ApiOkResponse({ type: FaqEntryDto })
  @ApiProblems(400, 404)
  async get(@PathId() id: string): Promise<FaqEntryDto> {
    return toFaqEntry(await this.faq.get(id));
  }

  @Patch(':id')
  @Requires('operator:content:write')
  @ApiOperation({ summary: 'Change a question or its answer' })
  @ApiOkResponse({ type: FaqEntryDto })
  @ApiProblems(400, 404)
  async change(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() body: UpdateFaqEntryDto,
  ): Promise<FaqEntryDto> {
    return toFaqEntry(await this.unitOfWork.run((tx) => this.faq.change(tx, actor, id, body)));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('operator:content:write')
  @ApiOperation({ summary: 'Delete a question' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404)
  delete(@CurrentActor() actor: Actor, @PathId() id: string): Promise<void> {
    return this.unitOfWork.run((tx) => this.faq.delete(tx, actor, id));
  }
}
