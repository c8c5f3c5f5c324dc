import { Body, Delete, Get, HttpCode, Patch, Post, Query, Res, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, DoneResponse, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  CountedAs,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  mapPage,
  PageQuery,
  PathId,
  UnitOfWork,
} from '../../platform/index.js';
import { badParameter, type RawQuery } from '../domain/report-parameters.js';
import { type ReportAnswer, ReportAnswers } from '../report-answers.service.js';
import { ApiPageQuery, ApiReportAnswer } from '../exports/report-file.decorator.js';
import { type ReportAudience, REQUESTS_OF } from '../requests/report-requests.dto.js';
import {
  ChangeFavouriteDto,
  FavouriteDto,
  FavouritePage,
  SaveFavouriteDto,
  toFavouriteDto,
} from './favourites.dto.js';
import { Favourites } from './favourites.service.js';

/** The routes of saved reports: the same for partners and operators, each with its permissions (A16). */
// eslint-disable-next-line max-lines-per-function -- what it holds is a class, whose methods are short
export function favouriteRoutes(audience: ReportAudience): Type<object> {
  const requests = REQUESTS_OF[audience];

  @ApiBearerAuth()
  class FavouriteRoutes {
    constructor(
      private readonly dataSource: DataSource,
      private readonly unitOfWork: UnitOfWork,
      private readonly idempotency: Idempotency,
      private readonly favourites: Favourites,
      private readonly answers: ReportAnswers,
    ) {}

    @Post()
    @Requires(`${audience}:reports:save`)
    @ApiOperation({ summary: 'Save a report; its period is a relative one or fixed' })
    @ApiCreatedResponse({ type: FavouriteDto })
    @ApiProblems(400, 401, 403, 409, 422)
    save(
      @CurrentActor() actor: Actor,
      @Body() body: SaveFavouriteDto,
      @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    ): Promise<FavouriteDto> {
      return this.idempotency.run(key, async (tx) =>
        toFavouriteDto(await this.favourites.save(tx, actor, body)),
      );
    }

    @Get()
    @Requires(`${audience}:reports:read`)
    @ApiOperation({ summary: 'List your saved reports, newest first' })
    @ApiOkResponse({ type: FavouritePage })
    @ApiProblems(400, 401, 403)
    async list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<FavouritePage> {
      return mapPage(await this.favourites.list(actor, query), toFavouriteDto);
    }

    @Get(':id')
    @Requires(`${audience}:reports:read`)
    @ApiOperation({ summary: 'Show a saved report' })
    @ApiOkResponse({ type: FavouriteDto })
    @ApiProblems(400, 401, 403, 404)
    async get(@CurrentActor() actor: Actor, @PathId() id: string): Promise<FavouriteDto> {
      return toFavouriteDto(await this.favourites.get(this.dataSource.manager, actor, id));
    }

    @Get(':id/report')
    @CountedAs('report')
    @Requires(`${audience}:reports:read`)
    @ApiOperation({ summary: 'Run a saved report: a page, or with `format` a file of all' })
    @ApiPageQuery()
    @ApiReportAnswer()
    @ApiProblems(400, 401, 403, 404)
    async run(
      @CurrentActor() actor: Actor,
      @PathId() id: string,
      @Query() { page, per_page, format, ...others }: RawQuery,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<ReportAnswer> {
      const [other] = Object.keys(others);
      if (other !== undefined) {
        throw badParameter(other, 'is not a parameter of a saved report; known are page, per_page, format');
      }
      const favourite = await this.favourites.get(this.dataSource.manager, actor, id);
      const query = { ...this.favourites.queryOf(actor, favourite), page, per_page, format };
      return this.answers.answer(actor, query, { reply, name: favourite.name, requests });
    }

    @Patch(':id')
    @Requires(`${audience}:reports:save`)
    @ApiOperation({ summary: 'Change a saved report' })
    @ApiOkResponse({ type: FavouriteDto })
    @ApiProblems(400, 401, 403, 404, 409, 422)
    async change(
      @CurrentActor() actor: Actor,
      @PathId() id: string,
      @Body() body: ChangeFavouriteDto,
    ): Promise<FavouriteDto> {
      return toFavouriteDto(await this.unitOfWork.run((tx) => this.favourites.change(tx, actor, id, body)));
    }

    @Delete(':id')
    @HttpCode(200)
    @Requires(`${audience}:reports:save`)
    @ApiOperation({ summary: 'Delete a saved report' })
    @ApiOkResponse({ type: DoneResponse })
    @ApiProblems(400, 401, 403, 404)
    async delete(@CurrentActor() actor: Actor, @PathId() id: string): Promise<DoneResponse> {
      await this.unitOfWork.run((tx) => this.favourites.delete(tx, actor, id));
      return { done: true };
    }
  }

  return FavouriteRoutes;
}
