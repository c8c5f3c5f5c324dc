import { Body, Controller, Get, HttpCode, Post, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { CurrentActor, type PartnerActor, Requires } from '../identity/index.js';
import {
  AcceptsUpload,
  ApiAttachment,
  ApiProblems,
  attachment,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PathId,
  type Tx,
} from '../platform/index.js';
import { PUBLICATION_MEDIA_TYPES, PublicationFiles } from './files/publication-files.service.js';
import { PublicationUploads } from './files/publication-uploads.service.js';
import {
  HandInDto,
  PublicationDetailResponse,
  PublicationFileResponse,
  toPublicationDetail,
  UploadFileDto,
} from './publication-work.dto.js';
import { PartnerPublicationsQuery, PublicationPage, toPublicationResponse } from './publications.dto.js';
import { Publications } from './publications.service.js';
import { Submissions } from './submissions.service.js';

/** The creator's publications (T05). */
@ApiTags('Partner: publications')
@ApiBearerAuth()
@Controller('partner/publications')
export class PartnerPublicationsController {
  constructor(
    private readonly publications: Publications,
    private readonly submissions: Submissions,
    private readonly files: PublicationFiles,
    private readonly uploads: PublicationUploads,
    private readonly idempotency: Idempotency,
    private readonly dataSource: DataSource,
  ) {}

  @Get()
  @Requires('partner:publications:read')
  @ApiOperation({ summary: 'List your publications, newest first' })
  @ApiOkResponse({ type: PublicationPage })
  @ApiProblems(400)
  async list(
    @CurrentActor() { partnerId }: PartnerActor,
    @Query() query: PartnerPublicationsQuery,
  ): Promise<PublicationPage> {
    const page = await this.publications.list(this.dataSource, { ...query, partnerId });
    return mapPage(page, toPublicationResponse);
  }

  @Get(':id')
  @Requires('partner:publications:read')
  @ApiOperation({ summary: 'Show a publication with its versions, evidence and history' })
  @ApiOkResponse({ type: PublicationDetailResponse })
  @ApiProblems(400, 404)
  async get(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
  ): Promise<PublicationDetailResponse> {
    return toPublicationDetail(await this.publications.get(this.dataSource, { partnerId }, id));
  }

  @Post(':id/content')
  @HttpCode(200)
  @Requires('partner:publications:write')
  @ApiOperation({
    summary: 'Hand content in for review before it is published: links, uploaded files, or both',
    description: 'Before the deadline, in the state `content_review`. Every version is kept.',
  })
  @ApiOkResponse({ type: PublicationDetailResponse })
  @ApiProblems(400, 404, 409, 422)
  submitContent(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
    @Body() body: HandInDto,
  ): Promise<PublicationDetailResponse> {
    return this.handIn(actor, key, id, (tx) => this.submissions.submitContent(tx, actor, id, body));
  }

  @Post(':id/evidence')
  @HttpCode(200)
  @Requires('partner:publications:write')
  @ApiOperation({
    summary: 'Hand in what shows that it was published: a link and an uploaded screenshot at least',
    description: 'Before the deadline, in the state `scheduled`.',
  })
  @ApiOkResponse({ type: PublicationDetailResponse })
  @ApiProblems(400, 404, 409, 422)
  submitEvidence(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
    @Body() body: HandInDto,
  ): Promise<PublicationDetailResponse> {
    return this.handIn(actor, key, id, (tx) => this.submissions.submitEvidence(tx, actor, id, body));
  }

  @Post(':id/files')
  @Requires('partner:publications:write')
  @AcceptsUpload()
  @ApiOperation({
    summary: 'Upload a screenshot, or content, to be handed in by its id',
    description:
      'One .png, .jpg, .jpeg, .webp, .gif or .pdf file of at most 10 MiB whose content is what its name says; at most 50 at a publication.',
  })
  @ApiBody({ type: UploadFileDto })
  @ApiCreatedResponse({ type: PublicationFileResponse })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  upload(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() id: string,
    @Req() request: FastifyRequest,
  ): Promise<PublicationFileResponse> {
    return this.uploads.receive(actor, id, request, key);
  }

  @Get(':id/files/:fileId')
  @Requires('partner:publications:read')
  @ApiOperation({ summary: 'Download a file of the publication' })
  @ApiAttachment(PUBLICATION_MEDIA_TYPES)
  @ApiProblems(400, 404)
  async download(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
    @PathId('fileId') fileId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { file, content } = await this.files.open({ partnerId }, id, fileId);
    return attachment(reply, file, content);
  }

  private handIn(
    { partnerId }: PartnerActor,
    key: IdempotencyKey | null,
    id: string,
    work: (tx: Tx) => Promise<void>,
  ): Promise<PublicationDetailResponse> {
    return this.idempotency.run(key, async (tx) => {
      await work(tx);
      return toPublicationDetail(await this.publications.get(tx, { partnerId }, id));
    });
  }
}
