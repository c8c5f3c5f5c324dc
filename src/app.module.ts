import { type DynamicModule, Module } from '@nestjs/common';
import { PlatformModule, type PlatformOptions } from './platform/index.js';

/** The rooms of the house, left to right. */
const ROOMS: NonNullable<DynamicModule['imports']> = [];

/** The whole program. */
@Module({})
export class AppModule {
  static forRoot(options: PlatformOptions): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.forRoot(options), ...ROOMS] };
  }
}
