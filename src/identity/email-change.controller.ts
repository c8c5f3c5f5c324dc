import { Body, Controller, Get, Header, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CountedAs, Public, UnitOfWork } from '../platform/index.js';
import { DoneResponse, TokenDto } from './auth.dto.js';
import { EmailChangeConfirmedResponse } from './credentials.dto.js';
import { EmailChangeLinks } from './email-change-links.service.js';
import { tokenPage } from './token-page.js';

/** Behind the links that a change of e-mail mails to both addresses. */
@ApiTags('sign-in')
@Controller('auth/email-change')
@Public()
export class EmailChangeController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly links: EmailChangeLinks,
  ) {}

  @Get('confirm')
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiOperation({
    summary: 'Page behind the mailed link, with the button that confirms the change of e-mail',
  })
  @ApiProduces('text/html')
  @ApiOkResponse({ type: String })
  @ApiProblems(400)
  confirmPage(@Query() { token }: TokenDto): string {
    const button = 'Confirm the change';
    return tokenPage({ title: 'Change of e-mail', button, action: 'confirm', token });
  }

  @Post('confirm')
  @CountedAs('confirm')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Confirm a change of e-mail by the token mailed to the new or to the old address',
  })
  @ApiOkResponse({ type: EmailChangeConfirmedResponse })
  @ApiProblems(400, 409, 422)
  async confirm(@Body() { token }: TokenDto): Promise<EmailChangeConfirmedResponse> {
    return { changed: await this.unitOfWork.run((tx) => this.links.confirm(tx, token)) };
  }

  @Get('cancel')
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiOperation({ summary: 'Page behind the mailed link, with the button that cancels the change of e-mail' })
  @ApiProduces('text/html')
  @ApiOkResponse({ type: String })
  @ApiProblems(400)
  cancelPage(@Query() { token }: TokenDto): string {
    return tokenPage({ title: 'Change of e-mail', button: 'Cancel the change', action: 'cancel', token });
  }

  @Post('cancel')
  @CountedAs('confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Cancel a change of e-mail by the token mailed to the old address' })
  @ApiOkResponse({ type: DoneResponse })
  @ApiProblems(400, 422)
  async cancel(@Body() { token }: TokenDto): Promise<DoneResponse> {
    await this.unitOfWork.run((tx) => this.links.cancel(tx, token));
    return { done: true };
  }
}
