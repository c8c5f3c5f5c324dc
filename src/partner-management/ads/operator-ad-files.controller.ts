import { Controller, Get, Res, type StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../../identity/index.js';
import { ApiProblems, PathId } from '../../platform/index.js';
import { adFileContent, ApiAdFileContent } from './ad-file-content.js';
import { AdFiles } from './ad-files.service.js';

/** Files of ads, for operators who look at them before anybody else does (O06). */
@ApiTags('advertising')
@ApiBearerAuth()
@Controller('operator/ad-files')
export class OperatorAdFilesController {
  constructor(private readonly files: AdFiles) {}

  @Get(':id/content')
  @Requires('operator:ads:read')
  @ApiOperation({ summary: 'The image or video of an ad' })
  @ApiAdFileContent()
  @ApiProblems(400, 401, 403, 404)
  async content(
    @PathId() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const file = await this.files.get(null, id);
    return adFileContent(reply, { file, content: await this.files.open(file) });
  }
}
