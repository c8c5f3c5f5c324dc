import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, type PartnerActor, Requires } from '../../identity/index.js';
import { ApiProblems } from '../../platform/index.js';
import { PartnerAddOns, PartnerPackages } from './offerings.dto.js';
import { PartnerOfferings } from './partner-offerings.service.js';

/** What a partner has, and what it may ask for. */
@ApiTags('requests')
@ApiBearerAuth()
@Controller('partner')
export class PartnerOfferingsController {
  constructor(private readonly offerings: PartnerOfferings) {}

  @Get('packages')
  @Requires('partner:requests:read')
  @ApiOperation({
    summary: 'Show your package, how much of it you use, and the packages that you may ask for',
  })
  @ApiOkResponse({ type: PartnerPackages })
  @ApiProblems(401, 403)
  packages(@CurrentActor() { partnerId }: PartnerActor): Promise<PartnerPackages> {
    return this.offerings.packages(partnerId);
  }

  @Get('add-ons')
  @Requires('partner:requests:read')
  @ApiOperation({ summary: 'List your add-ons, and those that you may ask for' })
  @ApiOkResponse({ type: PartnerAddOns })
  @ApiProblems(401, 403)
  addOns(@CurrentActor() { partnerId }: PartnerActor): Promise<PartnerAddOns> {
    return this.offerings.addOns(partnerId);
  }
}
