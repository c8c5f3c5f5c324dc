import { SetMetadata } from '@nestjs/common';

/**
 * What a route is counted as. Routes that name nothing are `report` when a statistics token opens them, else `read` or
 * `write` by their method. `sync` is counted where the signature is checked; `none` is not limited.
 */
export type RateClass =
  | 'sign-in'
  | 'recovery'
  | 'confirm'
  | 'read'
  | 'write'
  | 'upload'
  | 'support'
  | 'report'
  | 'ads'
  | 'sync'
  | 'none';

/** Metadata key of a route's class; read by the guards of identity. */
export const RATE_CLASS = 'tributary:rate-class';

/** Says which limit a route is counted against. */
export const CountedAs = (rateClass: RateClass): MethodDecorator & ClassDecorator =>
  SetMetadata(RATE_CLASS, rateClass);
