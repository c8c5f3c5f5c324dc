import { Body, Controller, Delete, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CountedAs, UnitOfWork } from '../platform/index.js';
import { type Actor, CurrentActor, Requires } from './actor.js';
import { DoneResponse } from './auth.dto.js';
import { ChangeEmailDto, ChangePasswordDto } from './credentials.dto.js';
import { EmailChanges } from './email-changes.service.js';
import { PasswordChange } from './password-change.service.js';

/** The actor's own sign-in data (A22). */
@ApiTags('account')
@ApiBearerAuth()
@Controller('me')
@Requires('account:own')
export class CredentialsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly emailChanges: EmailChanges,
    private readonly passwordChange: PasswordChange,
  ) {}

  @Post('password')
  @CountedAs('confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Change your password; all your other sessions end' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400, 401, 422)
  async changePassword(
    @CurrentActor() actor: Actor,
    @Body() { newPassword, ...proof }: ChangePasswordDto,
  ): Promise<DoneResponse> {
    await this.passwordChange.change(actor, proof, newPassword);
    return { done: true };
  }

  @Post('email-change')
  @CountedAs('recovery')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Ask to change your e-mail; it is changed when the links mailed to both addresses were confirmed',
  })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400, 401, 422)
  async changeEmail(
    @CurrentActor() actor: Actor,
    @Body() { email, ...proof }: ChangeEmailDto,
  ): Promise<DoneResponse> {
    await this.emailChanges.start(actor, proof, email);
    return { done: true };
  }

  @Delete('email-change')
  @HttpCode(200)
  @ApiOperation({ summary: 'Give up the change of your e-mail that waits' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(401, 404)
  async cancelEmailChange(@CurrentActor() actor: Actor): Promise<DoneResponse> {
    await this.unitOfWork.run((tx) => this.emailChanges.cancel(tx, actor));
    return { done: true };
  }
}
