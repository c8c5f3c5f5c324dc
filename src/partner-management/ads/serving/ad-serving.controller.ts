import {
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Res,
  type StreamableFile,
} from '@nestjs/common';
import {
  ApiFoundResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AnyOrigin, ApiProblems, CountedAs, PathId, Public, UnitOfWork } from '../../../platform/index.js';
import { adFileContent, ApiAdFileContent } from '../ad-file-content.js';
import { AdFiles } from '../ad-files.service.js';
import { AdClicks } from './ad-clicks.service.js';
import { AdServer } from './ad-server.service.js';
import { RenderDto, ServedAdDto, ServeQuery } from './ad-serving.dto.js';
import { Renders } from './renders.service.js';

/** Short, so that a file is gone soon after its ad was taken down. */
const FILES_KEPT = 'public, max-age=300';

/** Ads for the apps and pages that show them (O06): open to everybody, from any origin, without cookies. */
@ApiTags('ads')
@Controller('api/ads/v1')
@Public()
@CountedAs('ads')
export class AdServingController {
  constructor(
    private readonly server: AdServer,
    private readonly renders: Renders,
    private readonly clicks: AdClicks,
    private readonly files: AdFiles,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  @Get('serve')
  @AnyOrigin()
  @ApiOperation({
    summary: 'An ad to be shown now',
    description:
      'One of the approved ads of running campaigns that aim at this place and viewer, by turns. It takes an impression ' +
      'only once its render is confirmed. Nothing is kept of who asks.',
  })
  @ApiOkResponse({ type: ServedAdDto })
  @ApiNoContentResponse({ description: 'There is none' })
  @ApiProblems(400)
  async serve(
    @Query() query: ServeQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ServedAdDto | undefined> {
    const ad = await this.server.serve(query);
    if (!ad) void reply.status(204);
    return ad ?? undefined;
  }

  @Post('render/:token')
  @HttpCode(200)
  @AnyOrigin()
  @ApiParam({ name: 'token', description: 'As it was given out', schema: { type: 'string' } })
  @ApiOperation({
    summary: 'Confirm that an ad was seen',
    description:
      'Takes one impression, once for each token, within 30 minutes; send it again when you did not hear the answer. ' +
      'What is paused after the ad was given out still counts; what was changed, taken down or ended does not.',
  })
  @ApiOkResponse({ type: RenderDto })
  @ApiProblems(400, 404, 409)
  async render(
    @Param('token') token: string,
    @Headers('user-agent') userAgent: string | undefined,
  ): Promise<RenderDto> {
    const outcome = await this.renders.confirm(token, userAgent ?? null);
    return { counted: outcome === 'COUNTED', outcome };
  }

  @Get('click/:token')
  @ApiParam({ name: 'token', description: 'As it was given out', schema: { type: 'string' } })
  @ApiOperation({
    summary: 'Follow an ad',
    description:
      'Counts the click, once for each token, and leads to where the approved ad leads; within 24 hours. An ad that was ' +
      'changed or taken down meanwhile leads nowhere.',
  })
  @ApiFoundResponse({ description: 'Where the ad leads' })
  @ApiProblems(400, 404, 409)
  async click(
    @Param('token') token: string,
    @Headers('user-agent') userAgent: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const url = await this.unitOfWork.run((tx) => this.clicks.follow(tx, token, userAgent ?? null));
    void reply.header('referrer-policy', 'no-referrer').status(302).header('location', new URL(url).href);
  }

  @Get('files/:id')
  @AnyOrigin()
  @ApiOperation({
    summary: 'Image or video of an ad that is shown',
    description: 'There is none once no approved ad has it.',
  })
  @ApiAdFileContent()
  @ApiProblems(400, 404)
  async file(@PathId() id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<StreamableFile> {
    const file = await this.files.getShown(id);
    void reply.header('cache-control', FILES_KEPT);
    return adFileContent(reply, { file, content: await this.files.open(file) });
  }
}
