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
  ApiProblems,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PageQuery,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import { adFileContent, ApiAdFileContent } from './ad-file-content.js';
import { AdFileUploads } from './ad-file-uploads.service.js';
import { AdFileDto, AdFilePage, UploadAdFileDto } from './ad-files.dto.js';
import { AdFiles } from './ad-files.service.js';

/** Images and videos of a partner's ads (O06). */
@ApiTags('advertising')
@ApiBearerAuth()
@Controller('partner/ad-files')
export class PartnerAdFilesController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly files: AdFiles,
    private readonly uploads: AdFileUploads,
  ) {}

  @Get()
  @Requires('partner:ads:read')
  @ApiOperation({ summary: 'List the files that you have uploaded for ads, newest first' })
  @ApiOkResponse({ type: AdFilePage })
  @ApiProblems(400, 401, 403)
  list(@CurrentActor() { partnerId }: PartnerActor, @Query() query: PageQuery): Promise<AdFilePage> {
    return this.files.list(partnerId, query);
  }

  @Post()
  @Requires('partner:ads:write')
  @AcceptsUpload()
  @ApiOperation({
    summary: 'Upload an image or a video for ads',
    description:
      'One .png, .jpg, .jpeg, .gif, .webp, .mp4 or .webm file of at most 10 MiB whose content is what its name says. ' +
      'Width and height of an image are read from it.',
  })
  @ApiBody({ type: UploadAdFileDto })
  @ApiCreatedResponse({ type: AdFileDto })
  @ApiProblems(400, 401, 403, 409, 413, 415, 422)
  upload(
    @CurrentActor() actor: PartnerActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Req() request: FastifyRequest,
  ): Promise<AdFileDto> {
    return this.uploads.receive(actor, request, key);
  }

  @Get(':id/content')
  @Requires('partner:ads:read')
  @ApiOperation({ summary: 'The image or video itself' })
  @ApiAdFileContent()
  @ApiProblems(400, 401, 403, 404)
  async content(
    @CurrentActor() { partnerId }: PartnerActor,
    @PathId() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const file = await this.files.get(partnerId, id);
    return adFileContent(reply, { file, content: await this.files.open(file) });
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('partner:ads:write')
  @ApiOperation({ summary: 'Delete a file that no ad has' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 409)
  delete(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<void> {
    return this.unitOfWork.run((tx) => this.files.delete(tx, actor, id));
  }
}
