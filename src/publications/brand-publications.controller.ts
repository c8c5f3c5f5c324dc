import { Body, Controller, Get, HttpCode, Post, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { type BrandActor, CurrentActor, Requires } from '../identity/index.js';
import {
  ApiAttachment,
  ApiProblems,
  attachment,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PathId,
} from '../platform/index.js';
import { PUBLICATION_MEDIA_TYPES, PublicationFiles } from './files/publication-files.service.js';
import { PublicationDetailResponse, ReviewReasonDto, toPublicationDetail } from './publication-work.dto.js';
import { PublicationPage, PublicationsQuery, toPublicationResponse } from './publications.dto.js';
import { Publications } from './publications.service.js';
import { type ReviewAction, Reviews } from './reviews.service.js';

/** What creators do for the user's brand, and what waits for its decision (T05). */
@ApiTags('Brand: publications')
@ApiBearerAuth()
@Controller('brand/publications')
export class BrandPublicationsController {
  constructor(
    private readonly publications: Publications,
    private readonly reviews: Reviews,
    private readonly files: PublicationFiles,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('brand:publications:read')
  @ApiOperation({
    summary: 'List the publications, newest first',
    description: 'What waits for a decision: `state=moderation`, and `state=review` with `reviewOf`.',
  })
  @ApiOkResponse({ type: PublicationPage })
  @ApiProblems(400)
  async list(
    @CurrentActor() { brandId }: BrandActor,
    @Query() query: PublicationsQuery,
  ): Promise<PublicationPage> {
    const page = await this.publications.list(this.dataSource, { ...query, brandId });
    return mapPage(page, toPublicationResponse);
  }

  @Get(':id')
  @Requires('brand:publications:read')
  @ApiOperation({ summary: 'Show a publication with its versions, evidence and history' })
  @ApiOkResponse({ type: PublicationDetailResponse })
  @ApiProblems(400, 404)
  async get(
    @CurrentActor() { brandId }: BrandActor,
    @PathId() id: string,
  ): Promise<PublicationDetailResponse> {
    return toPublicationDetail(await this.publications.get(this.dataSource, { brandId }, id));
  }

  @Get(':id/files/:fileId')
  @Requires('brand:publications:read')
  @ApiOperation({ summary: 'Download a file that was handed in' })
  @ApiAttachment(PUBLICATION_MEDIA_TYPES)
  @ApiProblems(400, 404)
  async download(
    @CurrentActor() { brandId }: BrandActor,
    @PathId() id: string,
    @PathId('fileId') fileId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { file, content } = await this.files.open({ brandId }, id, fileId);
    return attachment(reply, file, content);
  }

  @Post(':id/approve-platform')
  @HttpCode(200)
  @Requires('brand:publications:decide')
  @ApiOperation({ summary: 'Approve the platform of a creator, in the state `moderation`' })
  @ApiOkResponse({ type: PublicationDetailResponse })
  @ApiProblems(400, 404, 409)
  approvePlatform(
    @CurrentActor() actor: BrandActor,
    @PathId() id: string,
  ): Promise<PublicationDetailResponse> {
    return this.decide(actor, id, { action: 'approve_platform' });
  }

  @Post(':id/approve-content')
  @HttpCode(200)
  @Requires('brand:publications:decide')
  @ApiOperation({ summary: 'Approve the content: the creator may publish it' })
  @ApiOkResponse({ type: PublicationDetailResponse })
  @ApiProblems(400, 404, 409)
  approveContent(
    @CurrentActor() actor: BrandActor,
    @PathId() id: string,
  ): Promise<PublicationDetailResponse> {
    return this.decide(actor, id, { action: 'approve_content' });
  }

  @Post(':id/decline-content')
  @HttpCode(200)
  @Requires('brand:publications:decide')
  @ApiOperation({ summary: 'Decline the content with a reason; the third decline ends the collaboration' })
  @ApiOkResponse({ type: PublicationDetailResponse })
  @ApiProblems(400, 404, 409)
  declineContent(
    @CurrentActor() actor: BrandActor,
    @PathId() id: string,
    @Body() { reason }: ReviewReasonDto,
  ): Promise<PublicationDetailResponse> {
    return this.decide(actor, id, { action: 'decline_content', reason });
  }

  @Post(':id/confirm')
  @HttpCode(200)
  @Requires('brand:publications:decide')
  @ApiOperation({ summary: 'Confirm what was published: the reward is credited to the creator, once' })
  @ApiOkResponse({ type: PublicationDetailResponse })
  @ApiProblems(400, 404, 409, 422)
  confirm(
    @CurrentActor() actor: BrandActor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @PathId() id: string,
  ): Promise<PublicationDetailResponse> {
    return this.decide(actor, id, { action: 'confirm' }, key);
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Requires('brand:publications:decide')
  @ApiOperation({
    summary: 'Reject the platform of a creator, or what was published, with a reason',
    description: 'In the states `moderation` and `review` of the publication; nothing is paid.',
  })
  @ApiOkResponse({ type: PublicationDetailResponse })
  @ApiProblems(400, 404, 409)
  reject(
    @CurrentActor() actor: BrandActor,
    @PathId() id: string,
    @Body() { reason }: ReviewReasonDto,
  ): Promise<PublicationDetailResponse> {
    return this.decide(actor, id, { action: 'reject', reason });
  }

  private decide(
    actor: BrandActor,
    id: string,
    { action, reason }: { action: ReviewAction; reason?: string },
    key: IdempotencyKey | null = null,
  ): Promise<PublicationDetailResponse> {
    return this.idempotency.run(key, async (tx) => {
      await this.reviews.decide(tx, actor, id, action, reason);
      return toPublicationDetail(await this.publications.get(tx, { brandId: actor.brandId }, id));
    });
  }
}
