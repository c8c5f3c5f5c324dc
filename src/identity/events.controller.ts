import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, PathId } from '../platform/index.js';
import { CurrentActor, type PartnerActor, Requires } from './actor.js';
import { EventDto, EventPage, EventsQuery } from './events.dto.js';
import { PartnerEvents } from './partner-events.service.js';

/** The partner's event log (A29). */
@ApiTags('logs')
@ApiBearerAuth()
@Controller('partner/events')
export class EventsController {
  constructor(private readonly events: PartnerEvents) {}

  @Get()
  @Requires('partner:events:read')
  @ApiOperation({
    summary: 'List what happened in your profile, newest first',
    description:
      'Events about what your role may not read, such as the wallet, the team or documents, are left out, except ' +
      'those about you.',
  })
  @ApiOkResponse({ type: EventPage })
  @ApiProblems(400, 401, 403)
  list(@CurrentActor() actor: PartnerActor, @Query() query: EventsQuery): Promise<EventPage> {
    return this.events.list(actor, query);
  }

  @Get(':id')
  @Requires('partner:events:read')
  @ApiOperation({ summary: 'Show one event' })
  @ApiOkResponse({ type: EventDto })
  @ApiProblems(400, 401, 403, 404)
  get(@CurrentActor() actor: PartnerActor, @PathId() id: string): Promise<EventDto> {
    return this.events.get(actor, id);
  }
}
