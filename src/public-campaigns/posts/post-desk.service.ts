import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock, notFound } from '../../platform/index.js';
import { campaignsById } from '../campaigns/campaign-rows.js';
import { participationsById } from '../joining/participation-rows.js';
import { findPost, listPosts, type Post, type PostFilter } from './post-rows.js';
import { type PostPage, type PostResponse, toPostResponse } from './posts.dto.js';

/** Shows posts with what they stand on: their campaign and the account. */
@Injectable()
export class PostDesk {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** A page of posts, newest first. */
  async page(filter: PostFilter): Promise<PostPage> {
    const { items, nextCursor } = await listPosts(this.dataSource, filter);
    return { items: await this.showAll(this.dataSource.manager, items), nextCursor };
  }

  /** The partner's post. @throws DomainError NOT_FOUND, also for another partner's */
  async getOfPartner(partnerId: string, postId: string): Promise<PostResponse> {
    const post = await findPost(this.dataSource, postId);
    if (post?.partnerId !== partnerId) throw notFound('post');
    return this.show(this.dataSource.manager, post);
  }

  /** The post as the API answers it. */
  async show(db: EntityManager, post: Post): Promise<PostResponse> {
    return (await this.showAll(db, [post]))[0]!;
  }

  private async showAll(db: EntityManager, posts: readonly Post[]): Promise<PostResponse[]> {
    const campaigns = await campaignsById(
      db,
      posts.map(({ campaignId }) => campaignId),
    );
    const participations = await participationsById(
      db,
      posts.map(({ participationId }) => participationId),
    );
    const now = this.clock.now();
    return posts.map((post) =>
      toPostResponse(post, campaigns.get(post.campaignId)!, participations.get(post.participationId)!, now),
    );
  }
}
