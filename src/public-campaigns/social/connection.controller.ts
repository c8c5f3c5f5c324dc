import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { BrowserCookie, CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import { ApiProblems, Config, randomToken } from '../../platform/index.js';
import { AUTHORIZATION_SECONDS, COOKIE_NAME } from './authorizations.service.js';
import { ConnectionWay } from './connection-way.service.js';
import { ConnectSocialAccountDto, ConnectSocialAccountResponse } from './social-accounts.dto.js';

/** Where the way begins by which a creator connects an account (E05). */
@ApiTags('account')
@ApiBearerAuth()
@Controller('partner/social-accounts')
export class ConnectionController {
  private readonly cookie: BrowserCookie;

  constructor(
    config: Config,
    private readonly way: ConnectionWay,
  ) {
    this.cookie = new BrowserCookie(config.publicUrl, COOKIE_NAME);
  }

  @Post('connect')
  @HttpCode(200)
  @Requires('partner:social-accounts:write')
  @ApiOperation({
    summary: 'Begin to connect an account: gives the address where its creator agrees',
    description:
      'The answer has the browser keep a cookie for ten minutes, and the way back works in that browser only. It ends ' +
      'at `returnTo` with `connected=<id of the connection>` or `error=<code in lower case>`; without `returnTo` on a ' +
      'page of the program. An account that was connected before is connected anew, under the same id.',
  })
  @ApiOkResponse({ type: ConnectSocialAccountResponse })
  @ApiProblems(400, 401, 403, 422)
  async connect(
    @CurrentActor() actor: PartnerActor,
    @Body() body: ConnectSocialAccountDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConnectSocialAccountResponse> {
    const browser = randomToken();
    const authorizationUrl = await this.way.begin(actor, body, browser);
    this.cookie.write(reply, browser, AUTHORIZATION_SECONDS);
    return { authorizationUrl };
  }
}
