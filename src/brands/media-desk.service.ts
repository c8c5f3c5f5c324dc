import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config, mapPage } from '../platform/index.js';
import {
  type MediaPage,
  type MediaQuery,
  type MediumResponse,
  type OperatorMediaPage,
  type OperatorMediaQuery,
  type OperatorMediumResponse,
  toMediumResponse,
} from './media.dto.js';
import { searchMedia } from './media-search.js';
import { Media, type SharedMedium } from './media.service.js';

/** Shows the media library: all of it to operators, and to a partner what is for it (A04). */
@Injectable()
export class MediaDesk {
  constructor(
    private readonly dataSource: DataSource,
    private readonly media: Media,
    private readonly config: Config,
  ) {}

  /** What a partner may choose for new promos. */
  async listOffered(partnerId: string, query: MediaQuery): Promise<MediaPage> {
    const page = await searchMedia(this.dataSource, { ...query, offeredTo: partnerId });
    return mapPage(page, (medium) => toMediumResponse(medium, this.config.publicUrl));
  }

  /** Also an inactive one: promos may still show it. @throws DomainError NOT_FOUND */
  async getFor(partnerId: string, id: string): Promise<MediumResponse> {
    return toMediumResponse(await this.media.getFor(this.dataSource, partnerId, id), this.config.publicUrl);
  }

  /** Every medium. */
  async listAll({ state, ...query }: OperatorMediaQuery): Promise<OperatorMediaPage> {
    const page = await searchMedia(this.dataSource, {
      ...query,
      ...(state !== undefined && { active: state === 'active' }),
    });
    const named = await this.media.partnersOf(
      this.dataSource,
      page.items.map(({ id }) => id),
    );
    return mapPage(page, (medium) => this.show({ medium, partnerIds: named.get(medium.id) ?? [] }));
  }

  /** @throws DomainError NOT_FOUND */
  async get(id: string): Promise<OperatorMediumResponse> {
    const medium = await this.media.get(this.dataSource, id);
    const named = await this.media.partnersOf(this.dataSource, [id]);
    return this.show({ medium, partnerIds: named.get(id) ?? [] });
  }

  /** The medium as operators see it. */
  show({ medium, partnerIds }: SharedMedium): OperatorMediumResponse {
    return { ...toMediumResponse(medium, this.config.publicUrl), partnerIds };
  }
}
