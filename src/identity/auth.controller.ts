import { Body, Controller, Get, Header, HttpCode, Post, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ApiProblems, CountedAs, plainAddress, Public, UnitOfWork } from '../platform/index.js';
import { AccountRecovery } from './account-recovery.service.js';
import { Accounts } from './accounts.service.js';
import {
  DoneResponse,
  EmailDto,
  LoginDto,
  LoginResponse,
  RefreshDto,
  ResetPasswordDto,
  TokenDto,
  TokensDto,
} from './auth.dto.js';
import { LockOut } from './lock-out.service.js';
import { toUserDto } from './me.dto.js';
import { type Device, Sessions } from './sessions.service.js';
import { SignIn } from './sign-in.service.js';
import { tokenPage } from './token-page.js';

const DONE: DoneResponse = { done: true };

/** Sign-in and what goes with it, for people who are not signed in. */
@ApiTags('sign-in')
@Controller('auth')
@Public()
export class AuthController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly signIn: SignIn,
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
    private readonly recovery: AccountRecovery,
    private readonly lockOut: LockOut,
  ) {}

  @Post('login')
  @CountedAs('sign-in')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sign in with e-mail, password and, where enabled, a two-factor code',
    description:
      'An address that is not confirmed gets 403 `EMAIL_NOT_VERIFIED`. The mailed link that confirms it works for three ' +
      'days; after that, setting a new password by `POST /auth/password/forgot` confirms the address too.',
  })
  @ApiOkResponse({ type: LoginResponse })
  @ApiProblems(400, 401, 403)
  async login(@Body() body: LoginDto, @Req() request: FastifyRequest): Promise<LoginResponse> {
    const { user, ...tokens } = await this.signIn.signIn(body, deviceOf(request));
    return { ...tokens, user: toUserDto(user) };
  }

  @Post('refresh')
  @HttpCode(200)
  @ApiOperation({ summary: 'Swap a refresh token for new tokens' })
  @ApiOkResponse({ type: TokensDto })
  @ApiProblems(400, 401)
  refresh(@Body() body: RefreshDto): Promise<TokensDto> {
    return this.sessions.refresh(body.refreshToken);
  }

  @Post('logout')
  @HttpCode(200)
  @ApiOperation({ summary: 'End the session of a refresh token' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400)
  async logout(@Body() body: RefreshDto): Promise<DoneResponse> {
    await this.unitOfWork.run((tx) => this.sessions.endByRefreshToken(tx, body.refreshToken));
    return DONE;
  }

  @Post('verify-email')
  @CountedAs('confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Confirm an e-mail address by the mailed token' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400, 422)
  async verifyEmail(@Body() body: TokenDto): Promise<DoneResponse> {
    await this.unitOfWork.run((tx) => this.accounts.confirmEmail(tx, body.token));
    return DONE;
  }

  @Get('verify-email')
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiOperation({ summary: 'Page behind the mailed link, with the button that confirms the address' })
  @ApiProduces('text/html')
  @ApiOkResponse({ type: String })
  @ApiProblems(400)
  verifyEmailPage(@Query() query: TokenDto): string {
    return tokenPage({
      title: 'Confirm your e-mail',
      button: 'Confirm my e-mail',
      action: 'verify-email',
      token: query.token,
    });
  }

  @Post('password/forgot')
  @CountedAs('recovery')
  @HttpCode(200)
  @ApiOperation({ summary: 'Have a link mailed that sets a new password' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400)
  async forgotPassword(@Body() body: EmailDto): Promise<DoneResponse> {
    await this.unitOfWork.run((tx) => this.accounts.mailPasswordReset(tx, body.email));
    return DONE;
  }

  @Get('password/reset')
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiOperation({ summary: 'Page behind the mailed link, with the field for the new password' })
  @ApiProduces('text/html')
  @ApiOkResponse({ type: String })
  @ApiProblems(400)
  resetPasswordPage(@Query() query: TokenDto): string {
    return tokenPage({
      title: 'Set a new password',
      button: 'Set my password',
      action: 'reset',
      token: query.token,
      field: '<p><label>New password <input type="password" name="password" required minlength="8"></label>',
    });
  }

  @Post('password/reset')
  @CountedAs('confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Set a new password by the mailed token' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400, 422)
  async resetPassword(@Body() body: ResetPasswordDto): Promise<DoneResponse> {
    await this.recovery.resetPassword(body.token, body.password);
    return DONE;
  }

  @Get('unlock')
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiOperation({
    summary: 'Page behind the mailed unlock link; opening it unlocks nothing, its button does',
  })
  @ApiProduces('text/html')
  @ApiOkResponse({ type: String })
  @ApiProblems(400)
  unlockPage(@Query() query: TokenDto): string {
    return tokenPage({
      title: 'Unlock your account',
      button: 'Unlock my account',
      action: 'unlock',
      token: query.token,
    });
  }

  @Post('unlock')
  @CountedAs('confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Unlock an account by the mailed token' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400, 422)
  async unlock(@Body() body: TokenDto): Promise<DoneResponse> {
    await this.unitOfWork.run((tx) => this.lockOut.unlockByToken(tx, body.token));
    return DONE;
  }
}

/** The device that a request comes from. */
export function deviceOf(request: FastifyRequest): Device {
  const address = plainAddress(request.ip) ?? request.ip;
  return { address, userAgent: request.headers['user-agent']?.slice(0, 500) ?? null };
}
