import { Controller, Get, Headers, Param, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems, CountedAs, Public } from '../platform/index.js';
import { MediaContents } from './media-contents.service.js';

const FOR_GOOD = 'public, max-age=31536000, immutable';

/** Uploaded images as browsers and caches fetch them. */
@ApiTags('tracking')
@Controller('m')
export class MediaContentController {
  constructor(private readonly contents: MediaContents) {}

  @Get(':file')
  @Public()
  @CountedAs('none')
  @ApiOperation({
    summary: 'An uploaded image',
    description: 'It never changes, so it may be kept for good: 304 for the `ETag` that it came with.',
  })
  @ApiOkResponse({
    description: 'The image',
    headers: { ETag: { description: 'Names the content', schema: { type: 'string' } } },
    content: Object.fromEntries(
      ['image/png', 'image/jpeg', 'image/gif', 'image/webp'].map((type) => [
        type,
        { schema: { type: 'string', format: 'binary' } },
      ]),
    ),
  })
  @ApiProblems(400, 404)
  async get(
    @Param('file') file: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const found = await this.contents.find(file);
    const etag = `"${found.id}"`;
    void reply.headers({
      etag,
      'cache-control': FOR_GOOD,
      'content-security-policy': "default-src 'none'; sandbox",
      // Other sites show it: that is what it is for.
      'cross-origin-resource-policy': 'cross-origin',
    });
    if (known?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)) {
      void reply.status(304);
      return undefined;
    }
    return new StreamableFile(await this.contents.open(found), {
      type: found.mediaType,
      length: found.sizeBytes,
    });
  }
}
