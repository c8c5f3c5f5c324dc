import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import {
  ContactDto,
  ContactPage,
  ContactsQuery,
  CreateContactDto,
  UpdateContactDto,
} from './contacts.dto.js';
import { Contacts } from './contacts.service.js';

/** Contacts of the program and of its brands, for operators (A21). */
@ApiTags('Operator: content')
@ApiBearerAuth()
@Controller('operator/contacts')
export class OperatorContactsController {
  constructor(
    private readonly contacts: Contacts,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @Requires('operator:content:write')
  @ApiOperation({ summary: 'Add a contact of a brand, or of the whole program' })
  @ApiCreatedResponse({ type: ContactDto })
  @ApiProblems(400, 404, 409, 422)
  create(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @Body() body: CreateContactDto,
  ): Promise<ContactDto> {
    return this.idempotency.run(key, (tx) => this.contacts.create(tx, actor, body));
  }

  @Get()
  @Requires('operator:content:read')
  @ApiOperation({ summary: 'List contacts, oldest first' })
  @ApiOkResponse({ type: ContactPage })
  @ApiProblems(400)
  list(@Query() query: ContactsQuery): Promise<ContactPage> {
    return this.contacts.list(query);
  }

  @Get(':id')
  @Requires('operator:content:read')
  @ApiOperation({ summary: 'Show a contact' })
  @ApiOkResponse({ type: ContactDto })
  @ApiProblems(400, 404)
  get(@PathId() id: string): Promise<ContactDto> {
    return this.contacts.get(id);
  }

  @Patch(':id')
  @Requires('operator:content:write')
  @ApiOperation({ summary: 'Change a contact' })
  @ApiOkResponse({ type: ContactDto })
  @ApiProblems(400, 404, 422)
  change(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() body: UpdateContactDto,
  ): Promise<ContactDto> {
    return this.unitOfWork.run((tx) => this.contacts.change(tx, actor, id, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('operator:content:write')
  @ApiOperation({ summary: 'Delete a contact' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404)
  delete(@CurrentActor() actor: Actor, @PathId() id: string): Promise<void> {
    return this.unitOfWork.run((tx) => this.contacts.delete(tx, actor, id));
  }
}
