import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import { ApiProblems, PathId, UnitOfWork, wholeList } from '../../platform/index.js';
import { FRAUD_RULES } from './domain/rules.js';
import { type FraudDecision, FraudDecisions } from './fraud-decisions.service.js';
import { FraudSignals } from './fraud-signals.service.js';
import {
  DecideFraudSignalDto,
  FraudRuleList,
  FraudScoreDto,
  FraudSignalDto,
  FraudSignalPage,
  FraudSignalsQuery,
  toFraudScore,
  toFraudSignal,
  toSignalFilter,
} from './fraud.dto.js';

/** The queue of fraud signals (B07). */
@ApiTags('Operator: fraud')
@ApiBearerAuth()
@Controller('operator')
export class FraudController {
  constructor(
    private readonly signals: FraudSignals,
    private readonly decisions: FraudDecisions,
    private readonly unitOfWork: UnitOfWork,
    private readonly dataSource: DataSource,
  ) {}

  @Get('fraud-rules')
  @Requires('operator:fraud:read')
  @ApiOperation({ summary: 'List the rules that look for fraud, and what their signals mean' })
  @ApiOkResponse({ type: FraudRuleList })
  listRules(): FraudRuleList {
    return wholeList(
      FRAUD_RULES.map(({ name, title, meaning, weight, subject }) => ({
        ...{ name, title, meaning, weight, subject },
      })),
    );
  }

  @Get('fraud-signals')
  @Requires('operator:fraud:read')
  @ApiOperation({ summary: 'List fraud signals with their evidence, those raised last first' })
  @ApiOkResponse({ type: FraudSignalPage })
  @ApiProblems(400)
  async list(@Query() query: FraudSignalsQuery): Promise<FraudSignalPage> {
    const page = await this.signals.list(this.dataSource, toSignalFilter(query));
    return { ...page, items: page.items.map(toFraudSignal) };
  }

  @Get('fraud-signals/:id')
  @Requires('operator:fraud:read')
  @ApiOperation({ summary: 'Show a fraud signal' })
  @ApiOkResponse({ type: FraudSignalDto })
  @ApiProblems(400, 404)
  async get(@PathId() id: string): Promise<FraudSignalDto> {
    return toFraudSignal(await this.signals.get(this.dataSource, id));
  }

  @Post('fraud-signals/:id/release')
  @HttpCode(200)
  @Requires('operator:fraud:decide')
  @ApiOperation({ summary: 'Release an open signal, for good: nothing is wrong' })
  @ApiOkResponse({ type: FraudSignalDto })
  @ApiProblems(400, 404, 409)
  release(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { comment }: DecideFraudSignalDto,
  ): Promise<FraudSignalDto> {
    return this.decide(actor, id, { state: 'released', comment });
  }

  @Post('fraud-signals/:id/confirm')
  @HttpCode(200)
  @Requires('operator:fraud:decide')
  @ApiOperation({
    summary: 'Confirm an open signal, for good: a player or order that it is about earns nothing any more',
  })
  @ApiOkResponse({ type: FraudSignalDto })
  @ApiProblems(400, 404, 409)
  confirm(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { comment }: DecideFraudSignalDto,
  ): Promise<FraudSignalDto> {
    return this.decide(actor, id, { state: 'confirmed', comment });
  }

  @Get('partners/:id/fraud-score')
  @Requires('operator:fraud:read')
  @ApiOperation({ summary: 'Show how suspicious a partner is, and by which rules' })
  @ApiOkResponse({ type: FraudScoreDto })
  @ApiProblems(400, 404)
  async partnerScore(@PathId() id: string): Promise<FraudScoreDto> {
    return toFraudScore(await this.signals.scoreOfPartner(this.dataSource, id));
  }

  @Get('players/:id/fraud-score')
  @Requires('operator:fraud:read')
  @ApiOperation({ summary: 'Show how suspicious a player is, and by which rules' })
  @ApiOkResponse({ type: FraudScoreDto })
  @ApiProblems(400, 404)
  async playerScore(@PathId() id: string): Promise<FraudScoreDto> {
    return toFraudScore(await this.signals.scoreOfPlayer(this.dataSource, id));
  }

  private decide(actor: Actor, id: string, decision: FraudDecision): Promise<FraudSignalDto> {
    return this.unitOfWork.run(async (tx) => {
      await this.decisions.decide(tx, actor, id, decision);
      return toFraudSignal(await this.signals.get(tx, id));
    });
  }
}
