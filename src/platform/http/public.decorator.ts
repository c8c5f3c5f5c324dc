import { SetMetadata } from '@nestjs/common';

/** Metadata key of routes that need no sign-in; read by the guards of identity. */
export const PUBLIC_ROUTE = 'tributary:public';

/** Marks a route as open to everybody. Every other route must name the permission it requires. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC_ROUTE, true);
