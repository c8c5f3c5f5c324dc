import { Body, Controller, Get, Header, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CountedAs, Public } from '../../platform/index.js';
import { AccountRecovery } from '../account-recovery.service.js';
import { DoneResponse, ResetPasswordDto, TokenDto } from '../auth.dto.js';
import { tokenPage } from '../token-page.js';

/** Where an invited person joins (A24). */
@ApiTags('sign-in')
@Controller('auth/invitation')
@Public()
export class InvitationController {
  constructor(private readonly recovery: AccountRecovery) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiOperation({ summary: 'Page behind the mailed invitation, with the field for the password' })
  @ApiProduces('text/html')
  @ApiOkResponse({ type: String })
  @ApiProblems(400)
  page(@Query() query: TokenDto): string {
    return tokenPage({
      title: 'Join the team',
      button: 'Set my password and join',
      action: 'invitation',
      token: query.token,
      field: '<p><label>Password <input type="password" name="password" required minlength="8"></label>',
    });
  }

  @Post()
  @CountedAs('confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Accept an invitation: set your password by the mailed token' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400, 422)
  async accept(@Body() body: ResetPasswordDto): Promise<DoneResponse> {
    await this.recovery.acceptInvitation(body.token, body.password);
    return { done: true };
  }
}
