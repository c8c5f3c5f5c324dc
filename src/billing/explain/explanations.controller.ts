import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import { ApiProblems, PathId, Snapshots } from '../../platform/index.js';
import { ExplainLineQuery, LineExplanationDto } from './line-explanation.dto.js';
import { LineExplanations } from './line-explanations.service.js';
import { PlayerExplanationDto } from './player-explanation.dto.js';
import { PlayerExplanations } from './player-explanations.service.js';

/**
 * Answers to "why?" (B03): partners ask about what is theirs, operators about everything. Sums and what they are made of
 * are read from one snapshot.
 */
@ApiTags('Explanations')
@ApiBearerAuth()
@Controller()
export class ExplanationsController {
  constructor(
    private readonly lines: LineExplanations,
    private readonly players: PlayerExplanations,
    private readonly snapshots: Snapshots,
  ) {}

  @Get('partner/bills/:id/lines/:lineId/explain')
  @Requires('partner:bills:read')
  @ApiOperation({
    summary: 'Say why a line of your bill has its amount, with the players and events behind it',
  })
  @ApiOkResponse({ type: LineExplanationDto })
  @ApiProblems(400, 404)
  explainLineToPartner(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() billId: string,
    @PathId('lineId') lineId: string,
    @Query() query: ExplainLineQuery,
  ): Promise<LineExplanationDto> {
    const which = { billId, lineId, partnerId };
    return this.snapshots.read((db) => this.lines.explain(db, which, query));
  }

  @Get('operator/bills/:id/lines/:lineId/explain')
  @Requires('operator:bills:read')
  @ApiOperation({ summary: 'Say why a line of a bill has its amount, with the players and events behind it' })
  @ApiOkResponse({ type: LineExplanationDto })
  @ApiProblems(400, 404)
  explainLine(
    @PathId() billId: string,
    @PathId('lineId') lineId: string,
    @Query() query: ExplainLineQuery,
  ): Promise<LineExplanationDto> {
    return this.snapshots.read((db) => this.lines.explain(db, { billId, lineId }, query));
  }

  @Get('partner/players/:id/explain')
  @Requires('partner:bills:read')
  @ApiOperation({ summary: 'Say why a player is or is not qualified, criterion by criterion' })
  @ApiOkResponse({ type: PlayerExplanationDto })
  @ApiProblems(400, 404)
  explainPlayerToPartner(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
  ): Promise<PlayerExplanationDto> {
    return this.snapshots.read((db) => this.players.explain(db, id, partnerId));
  }

  @Get('operator/players/:id/explain')
  @Requires('operator:bills:read')
  @ApiOperation({ summary: 'Say why a player is or is not qualified, criterion by criterion' })
  @ApiOkResponse({ type: PlayerExplanationDto })
  @ApiProblems(400, 404)
  explainPlayer(@PathId() id: string): Promise<PlayerExplanationDto> {
    return this.snapshots.read((db) => this.players.explain(db, id));
  }
}
