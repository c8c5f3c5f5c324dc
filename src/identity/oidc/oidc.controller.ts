import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Param,
  Post,
  Query,
  Redirect,
  Req,
  Res,
} from '@nestjs/common';
import {
  ApiFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  ApiProblems,
  Config,
  CountedAs,
  Public,
  randomToken,
  TakesAnyQuery,
  wholeList,
} from '../../platform/index.js';
import { deviceOf } from '../auth.controller.js';
import { LoginResponse } from '../auth.dto.js';
import { toUserDto } from '../me.dto.js';
import type { SignedIn } from '../sign-in.service.js';
import { tokenPage } from '../token-page.js';
import { BrowserCookie } from './browser-cookie.js';
import {
  BeginOidcQuery,
  CompleteOidcDto,
  ExchangeOidcDto,
  FinishOidcQuery,
  OidcProviderListResponse,
} from './oidc.dto.js';
import { signInDeclined } from './oidc.errors.js';
import { REQUEST_SECONDS } from './oidc-requests.service.js';
import { OidcSignIn } from './oidc-sign-in.service.js';
import { OidcWay } from './oidc-way.service.js';

const LOCATION = {
  Location: { description: 'Where to go on', schema: { type: 'string', format: 'uri' } },
} as const;

/** Sign-in by OpenID providers beside e-mail and password (T13). */
@ApiTags('sign-in')
@Controller('auth/oidc')
@CountedAs('sign-in')
@Public()
export class OidcController {
  private readonly cookie: BrowserCookie;

  constructor(
    private readonly config: Config,
    private readonly way: OidcWay,
    private readonly signIn: OidcSignIn,
  ) {
    this.cookie = new BrowserCookie(config.publicUrl, 'oidc');
  }

  @Get('providers')
  @ApiOperation({ summary: 'List the providers that people may sign in with' })
  @ApiOkResponse({ type: OidcProviderListResponse })
  @ApiProblems()
  providers(): OidcProviderListResponse {
    return wholeList(this.config.oidcProviders.map(({ name, title }) => ({ name, title })));
  }

  @Get('finish')
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiOperation({ summary: 'Page that a sign-in without `returnTo` ends on; its button exchanges the code' })
  @ApiProduces('text/html')
  @ApiOkResponse({ type: String })
  @ApiProblems(400, 403)
  finish(@Query() { code }: FinishOidcQuery): string {
    if (code === undefined) throw signInDeclined();
    return tokenPage({
      title: 'Finish signing in',
      button: 'Sign in',
      action: 'exchange',
      name: 'code',
      token: code,
    });
  }

  @Get(':provider')
  @Redirect()
  @ApiOperation({
    summary: 'Go to a provider to sign in',
    description:
      'To be opened in the browser, which keeps a cookie until it comes back. The way ends at `returnTo`, with a ' +
      '`code` for `POST /auth/oidc/exchange`, or with `error=access_denied`.',
  })
  @ApiFoundResponse({ description: 'To the provider', headers: LOCATION })
  @ApiProblems(400, 404, 422)
  async begin(
    @Param('provider') provider: string,
    @Query() query: BeginOidcQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ url: string }> {
    const browser = randomToken();
    const url = await this.way.begin(provider, query, browser);
    this.cookie.write(reply, browser, REQUEST_SECONDS);
    return { url };
  }

  @Get(':provider/callback')
  @TakesAnyQuery()
  @Redirect()
  @ApiOperation({ summary: 'Where a provider sends the browser back to' })
  @ApiQuery({ name: 'state', type: String, description: 'Of the sign-in under way in this browser' })
  @ApiQuery({ name: 'code', type: String, required: false, description: 'Of the provider' })
  @ApiQuery({ name: 'error', type: String, required: false, description: 'Of the provider' })
  @ApiFoundResponse({ description: 'To the frontend', headers: LOCATION })
  @ApiProblems(400, 401, 404, 422)
  async callback(
    @Param('provider') provider: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ url: string }> {
    // Providers add parameters of their own: the query goes to the client library as it came.
    const query = request.url.slice(request.url.indexOf('?') + 1);
    const url = await this.way.end(provider, query, this.cookie.read(request));
    this.cookie.write(reply, '', 0);
    return { url };
  }

  @Post('exchange')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Exchange the code of a sign-in by a provider for tokens',
    description:
      '401 `OTP_REQUIRED` when the user has two-factor authentication, and 401 `LINK_REQUIRED` when the address has an ' +
      'account that the identity is not linked to: both carry a `ticket` for `POST /auth/oidc/complete`. ' +
      '403 `SIGN_UP_REQUIRED` when the address has no account; `signUp` then says what the provider knows. ' +
      '403 `INVITATION_PENDING` when it is invited and the invitation was not accepted yet.',
  })
  @ApiOkResponse({ type: LoginResponse })
  @ApiProblems(400, 401, 403, 422)
  async exchange(@Body() body: ExchangeOidcDto, @Req() request: FastifyRequest): Promise<LoginResponse> {
    return toLoginResponse(await this.signIn.exchange(body.code, body.verifier, deviceOf(request)));
  }

  @Post('complete')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Finish a sign-in that asked for a two-factor code, or for the password to link an account',
  })
  @ApiOkResponse({ type: LoginResponse })
  @ApiProblems(400, 401, 403, 409, 422)
  async complete(@Body() body: CompleteOidcDto, @Req() request: FastifyRequest): Promise<LoginResponse> {
    return toLoginResponse(await this.signIn.complete(body.ticket, body, deviceOf(request)));
  }
}

function toLoginResponse({ user, ...tokens }: SignedIn): LoginResponse {
  return { ...tokens, user: toUserDto(user) };
}
