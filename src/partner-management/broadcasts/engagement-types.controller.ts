import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../identity/index.js';
import { ApiProblems, wholeList } from '../../platform/index.js';
import { EngagementTypeList } from './broadcasts.dto.js';
import { ENGAGEMENT_TYPE_NAMES, ENGAGEMENT_TYPES } from './domain/engagement-type.js';

/** What a broadcast may be. */
@ApiTags('broadcasts')
@ApiBearerAuth()
@Controller('partner/engagement-types')
export class EngagementTypesController {
  @Get()
  @Requires('partner:broadcasts:read')
  @ApiOperation({ summary: 'List the types of engagement, and what each must hold' })
  @ApiOkResponse({ type: EngagementTypeList })
  @ApiProblems(401, 403)
  list(): EngagementTypeList {
    return wholeList(
      ENGAGEMENT_TYPE_NAMES.map((type) => {
        const { title, description, needs, allows } = ENGAGEMENT_TYPES[type];
        return { type, title, description, needs: [...needs], allows: [...allows] };
      }),
    );
  }
}
