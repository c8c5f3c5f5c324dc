import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import { ApiProblems, mapPage, PathId, UnitOfWork } from '../../platform/index.js';
import {
  AcceptSuggestionDto,
  DeclineSuggestionDto,
  QueuedSuggestionPage,
  QueuedSuggestionResponse,
  SuggestionQueueQuery,
  toQueuedSuggestion,
} from './brand-suggestions.dto.js';
import { BrandSuggestions } from './brand-suggestions.service.js';
import { SuggestionDecisions } from './suggestion-decisions.service.js';

/** The queue of suggested brands, for operators (T02). */
@ApiTags('Operator: brands')
@ApiBearerAuth()
@Controller('operator/brand-suggestions')
export class OperatorSuggestionsController {
  constructor(
    private readonly suggestions: BrandSuggestions,
    private readonly decisions: SuggestionDecisions,
    private readonly unitOfWork: UnitOfWork,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:brands:read')
  @ApiOperation({ summary: 'List suggested brands, the pending ones by default' })
  @ApiOkResponse({ type: QueuedSuggestionPage })
  @ApiProblems(400)
  async list(@Query() { state, ...page }: SuggestionQueueQuery): Promise<QueuedSuggestionPage> {
    const filter = { ...page, ...(state !== 'all' && { state }) };
    return mapPage(await this.suggestions.list(this.dataSource, filter), toQueuedSuggestion);
  }

  @Get(':id')
  @Requires('operator:brands:read')
  @ApiOperation({ summary: 'Show a suggested brand' })
  @ApiOkResponse({ type: QueuedSuggestionResponse })
  @ApiProblems(400, 404)
  async get(@PathId() id: string): Promise<QueuedSuggestionResponse> {
    return toQueuedSuggestion(await this.suggestions.get(this.dataSource, id));
  }

  @Post(':id/accept')
  @HttpCode(200)
  @Requires('operator:brands:write')
  @ApiOperation({ summary: 'Accept a suggested brand, and name the brand that was made of it' })
  @ApiOkResponse({ type: QueuedSuggestionResponse })
  @ApiProblems(400, 404, 409, 422)
  async accept(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { brandId }: AcceptSuggestionDto,
  ): Promise<QueuedSuggestionResponse> {
    return toQueuedSuggestion(
      await this.unitOfWork.run((tx) => this.decisions.accept(tx, actor, id, brandId ?? null)),
    );
  }

  @Post(':id/decline')
  @HttpCode(200)
  @Requires('operator:brands:write')
  @ApiOperation({ summary: 'Decline a suggested brand, with a reason that is mailed' })
  @ApiOkResponse({ type: QueuedSuggestionResponse })
  @ApiProblems(400, 404, 409)
  async decline(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { reason }: DeclineSuggestionDto,
  ): Promise<QueuedSuggestionResponse> {
    return toQueuedSuggestion(
      await this.unitOfWork.run((tx) => this.decisions.decline(tx, actor, id, reason)),
    );
  }
}
