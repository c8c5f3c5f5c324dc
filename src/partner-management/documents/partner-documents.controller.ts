import {
  Controller,
  Delete,
  Get,
  HttpCode,
  Post,
  Query,
  Req,
  Res,
  type StreamableFile,
} from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import {
  AcceptsUpload,
  ApiAttachment,
  ApiProblems,
  attachment,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import { DOCUMENT_MEDIA_TYPES } from '../domain/document-media-type.js';
import { DocumentUploads } from './document-uploads.service.js';
import { DocumentDto, DocumentPage, DocumentQuery, UploadDocumentDto } from './documents.dto.js';
import { PartnerDocuments } from './partner-documents.service.js';

/** A partner's documents (A25). */
@ApiTags('documents')
@ApiBearerAuth()
@Controller('partner/documents')
export class PartnerDocumentsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly uploads: DocumentUploads,
    private readonly documents: PartnerDocuments,
  ) {}

  @Post()
  @Requires('partner:documents:write')
  @AcceptsUpload()
  @ApiOperation({
    summary: 'Upload a document, to be verified by an operator',
    description:
      'One .pdf, .png, .jpg or .jpeg file of at most 10 MiB whose content is what its name says. A partner has at most 50 documents.',
  })
  @ApiBody({ type: UploadDocumentDto })
  @ApiCreatedResponse({ type: DocumentDto })
  @ApiProblems(400, 401, 403, 409, 413, 415, 422)
  upload(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Req() request: FastifyRequest,
  ): Promise<DocumentDto> {
    return this.uploads.receive(actor, request, key);
  }

  @Get()
  @Requires('partner:documents:read')
  @ApiOperation({ summary: 'List your documents, newest first' })
  @ApiOkResponse({ type: DocumentPage })
  @ApiProblems(400, 401, 403)
  list(@CurrentActor() { partnerId }: PartnerActor, @Query() query: DocumentQuery): Promise<DocumentPage> {
    return this.documents.list(partnerId, query);
  }

  @Get(':id')
  @Requires('partner:documents:read')
  @ApiOperation({ summary: 'Show a document' })
  @ApiOkResponse({ type: DocumentDto })
  @ApiProblems(400, 401, 403, 404)
  get(@CurrentActor() { partnerId }: PartnerActor, @PathId() id: string): Promise<DocumentDto> {
    return this.documents.get(partnerId, id);
  }

  @Get(':id/content')
  @Requires('partner:documents:read')
  @ApiOperation({ summary: 'Download a document' })
  @ApiAttachment(DOCUMENT_MEDIA_TYPES)
  @ApiProblems(400, 401, 403, 404)
  async content(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { document, content } = await this.documents.open(partnerId, id);
    return attachment(reply, document, content);
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('partner:documents:write')
  @ApiOperation({ summary: 'Delete a document that is pending or declined' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 409)
  remove(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<void> {
    return this.unitOfWork.run((tx) => this.documents.remove(tx, actor, id));
  }
}
