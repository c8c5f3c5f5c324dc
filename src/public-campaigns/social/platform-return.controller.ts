import { Controller, Get, Header, Param, Redirect, Req, Res } from '@nestjs/common';
import {
  ApiFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BrowserCookie } from '../../identity/index.js';
import { SOCIAL_PLATFORMS } from '../../partner-management/index.js';
import { ApiProblems, Config, CountedAs, notFound, Public, TakesAnyQuery } from '../../platform/index.js';
import { COOKIE_NAME } from './authorizations.service.js';
import { connectedPage } from './connected-page.js';
import { ConnectionWay } from './connection-way.service.js';

/** Where platforms send browsers back to (E05): bound to the one that began by its cookie. */
@ApiTags('account')
@Controller('social-accounts')
@Public()
@CountedAs('sign-in')
export class PlatformReturnController {
  private readonly cookie: BrowserCookie;

  constructor(
    config: Config,
    private readonly way: ConnectionWay,
  ) {
    this.cookie = new BrowserCookie(config.publicUrl, COOKIE_NAME);
  }

  @Get('connected')
  @TakesAnyQuery()
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiOperation({ summary: 'Page that the way of an account ends on when no frontend was named' })
  @ApiProduces('text/html')
  @ApiOkResponse({ type: String })
  @ApiProblems()
  connected(): string {
    return connectedPage();
  }

  @Get(':platform/callback')
  @TakesAnyQuery()
  @Redirect()
  @ApiOperation({ summary: 'Where a platform sends the browser back to' })
  @ApiParam({ name: 'platform', enum: SOCIAL_PLATFORMS })
  @ApiQuery({ name: 'state', type: String, description: 'Of the connection under way in this browser' })
  @ApiQuery({ name: 'code', type: String, required: false, description: 'Of the platform' })
  @ApiQuery({ name: 'error', type: String, required: false, description: 'Of the platform' })
  @ApiFoundResponse({
    description: 'To the frontend, or the page of the program',
    headers: { Location: { description: 'Where to go on', schema: { type: 'string', format: 'uri' } } },
  })
  @ApiProblems(400, 403, 404, 409, 422)
  async callback(
    @Param('platform') name: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ url: string }> {
    const platform = SOCIAL_PLATFORMS.find((known) => known === name);
    if (!platform) throw notFound('platform');
    // Platforms add parameters of their own, which validation would refuse.
    const query = new URL(request.url, 'http://localhost').searchParams;
    const answer = {
      state: query.get('state') ?? '',
      code: query.get('code') || undefined,
      error: query.get('error') ?? undefined,
    };
    const url = await this.way.end(platform, answer, this.cookie.read(request));
    this.cookie.write(reply, '', 0);
    return { url };
  }
}
