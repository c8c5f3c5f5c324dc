import { Body, Controller, Get, Header, HttpCode, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { messagePage, tokenPage } from '../../identity/index.js';
import { AcceptsUpload, ApiProblems, CountedAs, Public, UnitOfWork, xmlText } from '../../platform/index.js';
import { UnsubscribeDto, UnsubscribeQuery } from './unsubscribe.dto.js';
import { Unsubscribing } from './unsubscribing.service.js';

const HTML = 'text/html; charset=utf-8';
const CHOICE = `<p><label>What shall end? <select name="scope">
    <option value="channel">Mails of this channel</option>
    <option value="all">All mails</option>
    <option value="forget">All mails; and forget what you know of me</option>
  </select></label>`;

/** Where people who get broadcasts leave; nobody has to sign in (O04, RFC 8058). */
@ApiTags('unsubscribing')
@Controller('unsubscribe')
@Public()
export class UnsubscribeController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly unsubscribing: Unsubscribing,
  ) {}

  @Get()
  @Header('content-type', HTML)
  @ApiOperation({
    summary: 'Page behind the mailed link; opening it changes nothing, its button unsubscribes',
  })
  @ApiProduces('text/html')
  @ApiOkResponse({ type: String })
  @ApiProblems(400, 422)
  async page(@Query() { token }: UnsubscribeQuery): Promise<string> {
    const channel = await this.unsubscribing.channelOf(token);
    return tokenPage({
      title: channel === null ? 'Unsubscribe' : `Unsubscribe from ${xmlText(channel)}`,
      button: 'Unsubscribe',
      action: 'unsubscribe',
      token: token!,
      field: CHOICE,
    });
  }

  // Mail programs send the form of RFC 8058 as multipart/form-data; whatever is in it, the link says enough.
  @Post()
  @CountedAs('write')
  @ApiConsumes('application/x-www-form-urlencoded', 'multipart/form-data')
  @AcceptsUpload()
  @HttpCode(200)
  @Header('content-type', HTML)
  @ApiOperation({ summary: 'Unsubscribe, by the page’s button or a mail program’s own' })
  @ApiProduces('text/html')
  @ApiOkResponse({ type: String })
  @ApiProblems(400, 422)
  async leave(@Query() query: UnsubscribeQuery, @Body() body: UnsubscribeDto): Promise<string> {
    const token = query.token ?? body.token;
    await this.unitOfWork.run((tx) => this.unsubscribing.leave(tx, token, body.scope ?? 'channel'));
    return messagePage('You are unsubscribed', 'No more of these mails will reach you.');
  }
}
