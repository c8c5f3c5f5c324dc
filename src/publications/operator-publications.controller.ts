import { Body, Controller, Get, HttpCode, Post, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Financial, Requires } from '../identity/index.js';
import {
  ApiAttachment,
  ApiProblems,
  attachment,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PageQuery,
  PathId,
} from '../platform/index.js';
import { PublicationComments } from './comments.service.js';
import { PUBLICATION_MEDIA_TYPES, PublicationFiles } from './files/publication-files.service.js';
import {
  CommentPage,
  PublicationDetailResponse,
  ReverseDto,
  toCommentResponse,
  toPublicationDetail,
} from './publication-work.dto.js';
import { OperatorPublicationsQuery, PublicationPage, toPublicationResponse } from './publications.dto.js';
import { Publications } from './publications.service.js';
import { Reversals } from './reversals.service.js';

/** The publications of all creators, for operators (T05), who take rewards back for false work (T06). */
@ApiTags('Operator: publications')
@ApiBearerAuth()
@Controller('operator/publications')
export class OperatorPublicationsController {
  constructor(
    private readonly publications: Publications,
    private readonly comments: PublicationComments,
    private readonly files: PublicationFiles,
    private readonly reversals: Reversals,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('operator:publications:read')
  @ApiOperation({ summary: 'List all publications, newest first' })
  @ApiOkResponse({ type: PublicationPage })
  @ApiProblems(400)
  async list(@Query() query: OperatorPublicationsQuery): Promise<PublicationPage> {
    return mapPage(await this.publications.list(this.dataSource, query), toPublicationResponse);
  }

  @Get(':id')
  @Requires('operator:publications:read')
  @ApiOperation({ summary: 'Show a publication with its versions, evidence and history' })
  @ApiOkResponse({ type: PublicationDetailResponse })
  @ApiProblems(400, 404)
  async get(@PathId() id: string): Promise<PublicationDetailResponse> {
    return toPublicationDetail(await this.publications.get(this.dataSource, {}, id));
  }

  @Get(':id/comments')
  @Requires('operator:publications:read')
  @ApiOperation({ summary: 'List what creator and brand said to each other, oldest first' })
  @ApiOkResponse({ type: CommentPage })
  @ApiProblems(400, 404)
  async listComments(@PathId() id: string, @Query() query: PageQuery): Promise<CommentPage> {
    return mapPage(await this.comments.list(this.dataSource, {}, id, query), toCommentResponse);
  }

  @Get(':id/files/:fileId')
  @Requires('operator:publications:read')
  @ApiOperation({ summary: 'Download a file that was handed in' })
  @ApiAttachment(PUBLICATION_MEDIA_TYPES)
  @ApiProblems(400, 404)
  async download(
    @PathId() id: string,
    @PathId('fileId') fileId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { file, content } = await this.files.open({}, id, fileId);
    return attachment(reply, file, content);
  }

  @Post(':id/reverse')
  @HttpCode(200)
  @Requires('operator:publications:reverse')
  @Financial()
  @ApiOperation({
    summary: 'Take the reward of a confirmed publication back, once, because the work proved false',
  })
  @ApiOkResponse({ type: PublicationDetailResponse })
  @ApiProblems(400, 404, 409, 422)
  reverse(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: true }) key: IdempotencyKey,
    @PathId() id: string,
    @Body() body: ReverseDto,
  ): Promise<PublicationDetailResponse> {
    return this.idempotency.run(key, async (tx) => {
      await this.reversals.reverse(tx, actor, id, body);
      return toPublicationDetail(await this.publications.get(tx, {}, id));
    });
  }
}
