import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import { ApiProblems, PathId, Snapshots } from '../../platform/index.js';
import type { TrailOf } from '../../tracking/index.js';
import { PostbackExplanationDto } from './postback-explanation.dto.js';
import { PostbackExplanations } from './postback-explanations.service.js';

const SUMMARY = 'why each postback that hears of it was or was not sent';

/** Why a postback came or did not come (B03): partners ask about what is theirs, operators about everything. */
@ApiTags('Explanations')
@ApiBearerAuth()
@Controller()
export class PostbackExplanationsController {
  constructor(
    private readonly explanations: PostbackExplanations,
    private readonly snapshots: Snapshots,
  ) {}

  @Get('partner/visits/:id/explain')
  @Requires('partner:postbacks:read')
  @ApiOperation({ summary: `Say for a visit ${SUMMARY}` })
  @ApiOkResponse({ type: PostbackExplanationDto })
  @ApiProblems(400, 404)
  explainVisitToPartner(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
  ): Promise<PostbackExplanationDto> {
    return this.explain({ kind: 'visit', id, partnerId });
  }

  @Get('partner/players/:id/postbacks')
  @Requires('partner:postbacks:read')
  @ApiOperation({ summary: `Say for a player ${SUMMARY}` })
  @ApiOkResponse({ type: PostbackExplanationDto })
  @ApiProblems(400, 404)
  explainPlayerToPartner(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
  ): Promise<PostbackExplanationDto> {
    return this.explain({ kind: 'player', id, partnerId });
  }

  @Get('partner/orders/:id/postbacks')
  @Requires('partner:postbacks:read')
  @ApiOperation({ summary: `Say for an order ${SUMMARY}` })
  @ApiOkResponse({ type: PostbackExplanationDto })
  @ApiProblems(400, 404)
  explainOrderToPartner(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
  ): Promise<PostbackExplanationDto> {
    return this.explain({ kind: 'order', id, partnerId });
  }

  @Get('operator/visits/:id/explain')
  @Requires('operator:visits:read')
  @ApiOperation({ summary: `Say for a visit ${SUMMARY}` })
  @ApiOkResponse({ type: PostbackExplanationDto })
  @ApiProblems(400, 404)
  explainVisit(@PathId() id: string): Promise<PostbackExplanationDto> {
    return this.explain({ kind: 'visit', id, partnerId: null });
  }

  @Get('operator/players/:id/postbacks')
  @Requires('operator:visits:read')
  @ApiOperation({ summary: `Say for a player ${SUMMARY}` })
  @ApiOkResponse({ type: PostbackExplanationDto })
  @ApiProblems(400, 404)
  explainPlayer(@PathId() id: string): Promise<PostbackExplanationDto> {
    return this.explain({ kind: 'player', id, partnerId: null });
  }

  @Get('operator/orders/:id/postbacks')
  @Requires('operator:orders:read')
  @ApiOperation({ summary: `Say for an order ${SUMMARY}` })
  @ApiOkResponse({ type: PostbackExplanationDto })
  @ApiProblems(400, 404)
  explainOrder(@PathId() id: string): Promise<PostbackExplanationDto> {
    return this.explain({ kind: 'order', id, partnerId: null });
  }

  /** Events and what was made of them are read from one snapshot. */
  private explain(which: TrailOf): Promise<PostbackExplanationDto> {
    return this.snapshots.read((db) => this.explanations.explain(db, which));
  }
}
