import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A channel by which partners guide visitors, such as SEO or social media. */
@Entity('traffic_sources')
export class TrafficSource {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'traffic_sources_pk' })
  id: string;

  @Column('text')
  name: string;
}
