import { Body, Controller, Get, HttpCode, Post, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import { ApiAttachment, ApiProblems, attachment, PathId, UnitOfWork } from '../../platform/index.js';
import { DOCUMENT_MEDIA_TYPES } from '../domain/document-media-type.js';
import { DocumentDecisions } from './document-decisions.service.js';
import {
  DeclineDocumentDto,
  OperatorDocumentDto,
  OperatorDocumentPage,
  OperatorDocumentQuery,
} from './documents.dto.js';
import { PartnerDocuments } from './partner-documents.service.js';

/** Partners' documents for operators (A25). */
@ApiTags('documents')
@ApiBearerAuth()
@Controller('operator/documents')
export class OperatorDocumentsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly decisions: DocumentDecisions,
    private readonly documents: PartnerDocuments,
  ) {}

  @Get()
  @Requires('operator:documents:read')
  @ApiOperation({ summary: 'List documents, the pending ones by default' })
  @ApiOkResponse({ type: OperatorDocumentPage })
  @ApiProblems(400, 401, 403)
  list(@Query() query: OperatorDocumentQuery): Promise<OperatorDocumentPage> {
    return this.decisions.list(query);
  }

  @Get(':id')
  @Requires('operator:documents:read')
  @ApiOperation({ summary: 'Show a document' })
  @ApiOkResponse({ type: OperatorDocumentDto })
  @ApiProblems(400, 401, 403, 404)
  get(@PathId() id: string): Promise<OperatorDocumentDto> {
    return this.decisions.get(id);
  }

  @Get(':id/content')
  @Requires('operator:documents:read')
  @ApiOperation({ summary: 'Download a document' })
  @ApiAttachment(DOCUMENT_MEDIA_TYPES)
  @ApiProblems(400, 401, 403, 404)
  async content(
    @PathId() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { document, content } = await this.documents.open(null, id);
    return attachment(reply, document, content);
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Requires('operator:documents:decide')
  @ApiOperation({ summary: 'Approve a document; the partner is told by e-mail' })
  @ApiOkResponse({ type: OperatorDocumentDto })
  @ApiProblems(400, 401, 403, 404, 409)
  approve(@CurrentActor() actor: Actor, @PathId() id: string): Promise<OperatorDocumentDto> {
    return this.unitOfWork.run((tx) => this.decisions.approve(tx, actor, id));
  }

  @Post(':id/decline')
  @HttpCode(200)
  @Requires('operator:documents:decide')
  @ApiOperation({ summary: 'Decline a document with a reason that is mailed' })
  @ApiOkResponse({ type: OperatorDocumentDto })
  @ApiProblems(400, 401, 403, 404, 409)
  decline(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() { reason }: DeclineDocumentDto,
  ): Promise<OperatorDocumentDto> {
    return this.unitOfWork.run((tx) => this.decisions.decline(tx, actor, id, reason));
  }
}
