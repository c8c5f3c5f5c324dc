import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type BrandActor, CurrentActor, type PartnerActor, Requires } from '../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PageQuery,
  PathId,
} from '../platform/index.js';
import { PublicationComments } from './comments.service.js';
import { CommentDto, CommentPage, CommentResponse, toCommentResponse } from './publication-work.dto.js';

const LIST = 'List what creator and brand said to each other, oldest first';

/** What creators and brands say to each other about a publication (T05). */
@ApiTags('Publications: comments')
@ApiBearerAuth()
@Controller()
export class PublicationCommentsController {
  constructor(
    private readonly comments: PublicationComments,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get('partner/publications/:id/comments')
  @Requires('partner:publications:read')
  @ApiOperation({ summary: LIST })
  @ApiOkResponse({ type: CommentPage })
  @ApiProblems(400, 404)
  async listForPartner(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
    @Query() query: PageQuery,
  ): Promise<CommentPage> {
    return mapPage(await this.comments.list(this.dataSource, { partnerId }, id, query), toCommentResponse);
  }

  @Get('brand/publications/:id/comments')
  @Requires('brand:publications:read')
  @ApiOperation({ summary: LIST })
  @ApiOkResponse({ type: CommentPage })
  @ApiProblems(400, 404)
  async listForBrand(
    @CurrentActor() { brandId }: BrandActor,
    @PathId() id: string,
    @Query() query: PageQuery,
  ): Promise<CommentPage> {
    return mapPage(await this.comments.list(this.dataSource, { brandId }, id, query), toCommentResponse);
  }

  @Post('partner/publications/:id/comments')
  @Requires('partner:publications:write')
  @ApiOperation({ summary: 'Say something to the brand, which is mailed' })
  @ApiCreatedResponse({ type: CommentResponse })
  @ApiProblems(400, 404, 409, 422)
  addByPartner(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
    @Body() { text }: CommentDto,
  ): Promise<CommentResponse> {
    return this.idempotency.run(key, async (tx) =>
      toCommentResponse(await this.comments.add(tx, { side: 'partner', actor }, id, text)),
    );
  }

  @Post('brand/publications/:id/comments')
  @Requires('brand:publications:decide')
  @ApiOperation({ summary: 'Say something to the creator, which is mailed' })
  @ApiCreatedResponse({ type: CommentResponse })
  @ApiProblems(400, 404, 409, 422)
  addByBrand(
    @CurrentActor() actor: BrandActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
    @Body() { text }: CommentDto,
  ): Promise<CommentResponse> {
    return this.idempotency.run(key, async (tx) =>
      toCommentResponse(await this.comments.add(tx, { side: 'brand', actor }, id, text)),
    );
  }
}
