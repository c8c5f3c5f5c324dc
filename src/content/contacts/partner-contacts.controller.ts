import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import { ApiProblems } from '../../platform/index.js';
import { PartnerContactsDto } from './contacts.dto.js';
import { Contacts } from './contacts.service.js';

/** Whom a partner turns to (A21, T12). */
@ApiTags('Partner: support')
@ApiBearerAuth()
@Controller('partner/contacts')
export class PartnerContactsController {
  constructor(private readonly contacts: Contacts) {}

  @Get()
  @Requires('partner:support:read')
  @ApiOperation({
    summary: 'Your personal manager, and contacts of the program and of the brands you work with',
  })
  @ApiOkResponse({ type: PartnerContactsDto })
  @ApiProblems()
  show(@CurrentActor() { partnerId }: PartnerActor): Promise<PartnerContactsDto> {
    return this.contacts.ofPartner(partnerId);
  }
}
