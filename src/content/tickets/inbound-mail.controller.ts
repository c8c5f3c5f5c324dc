import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { ApiProblems, Config, notFound, Public, UnitOfWork, validationPipe } from '../../platform/index.js';
import { InboundMailDto, InboundMailResponse } from './inbound-mail.dto.js';
import { InboundMails } from './inbound-mails.service.js';
import { mailNotAuthenticated, malformedMail } from './tickets.errors.js';

/** Where the mail gateway hands on what comes to the support's address (T12). */
@ApiTags('inbound mail')
@Controller('inbound/mails')
@Public()
export class InboundMailController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mails: InboundMails,
    private readonly config: Config,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Hand on a mail that answers a ticket; the same `messageId` again changes nothing',
    description:
      'The ticket is the one whose reference stands in a recipient’s address or in the subject. Refused mails are ' +
      'answered with 200 too: sending them again changes nothing. 404 where no secret is set.',
  })
  @ApiHeader({
    name: 'X-Authorization-Sign',
    required: true,
    description: 'Lowercase hex HMAC-SHA512 of the body, as sent, under `SUPPORT_INBOUND_SECRET`',
  })
  @ApiBody({ type: InboundMailDto })
  @ApiOkResponse({ type: InboundMailResponse })
  @ApiProblems(400, 401, 404, 413, 415)
  async receive(@Req() request: FastifyRequest): Promise<InboundMailResponse> {
    const body = this.authenticated(request);
    const mail = (await validationPipe().transform(parsed(body), {
      type: 'body',
      metatype: InboundMailDto,
    })) as InboundMailDto;
    return this.unitOfWork.run((tx) => this.mails.receive(tx, mail));
  }

  /** The body as it was sent, which nothing has looked into before its signature. */
  private authenticated({ body, headers }: FastifyRequest): Buffer {
    const { inboundMailSecret } = this.config;
    if (inboundMailSecret === null) throw notFound('route');
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const given = headers['x-authorization-sign'];
    const signature = typeof given === 'string' && /^[0-9a-f]{128}$/.test(given) ? given : '0'.repeat(128);
    const expected = createHmac('sha512', inboundMailSecret).update(bytes).digest();
    if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) throw mailNotAuthenticated();
    return bytes;
  }
}

function parsed(body: Buffer): object {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw malformedMail('must be JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformedMail('must be an object');
  return value;
}
