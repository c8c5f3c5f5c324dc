import type { Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import {
  FINANCIAL_ACTION,
  REQUIRED_PERMISSION,
  STATISTIC_TOKEN_ROUTE,
} from '../../../../src/identity/actor.js';
import type { Permission } from '../../../../src/identity/domain/permissions.js';
import { PUBLIC_ROUTE } from '../../../../src/platform/index.js';
import type { TestApp } from '../../../support/app.js';
import { body } from '../../../support/journey.js';
import { Caller } from '../scene.js';

/** What a handler says about itself. */
export interface Handler {
  /** Controller and method. */
  id: string;
  isPublic: boolean;
  permission: Permission | undefined;
  financial: boolean;
  statisticToken: boolean;
  /** How often the policy is named, on the method and on the class. */
  policies: number;
}

export interface Route extends Handler {
  /** For example `GET /api/v1/partner/bills/{id}`. */
  name: string;
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  path: string;
  /** Whether it takes a body. */
  takesBody: boolean;
}

interface Operation {
  operationId: string;
  requestBody?: object;
}

/** Answered outside Nest's controllers; they carry no policy because everybody may read them. */
const WITHOUT_CONTROLLER = ['GET /r/{code}', 'GET /b/{code}'];

/** Every route that the OpenAPI document names, with the policy that its handler carries. */
export async function routesOf(app: TestApp): Promise<Route[]> {
  const document = body<{ paths: Record<string, Record<string, Operation>> }>(
    await new Caller(app).get('/api/openapi.json'),
    200,
  );
  const handlers = new Map(handlersOf(app).map((handler) => [handler.id, handler]));
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, method, operation }))
      .filter(({ name }) => !WITHOUT_CONTROLLER.includes(name))
      .map(({ name, method, operation }) => {
        const handler = handlers.get(operation.operationId);
        if (!handler) throw new Error(`no handler for ${operation.operationId}`);
        const takesBody = operation.requestBody !== undefined;
        return { ...handler, name, method: method as Route['method'], path, takesBody };
      }),
  );
}

/** Every handler of the program, documented or not. */
export function handlersOf({ app }: TestApp): Handler[] {
  const modules = [...app.get(ModulesContainer).values()];
  return modules
    .flatMap((module) => [...module.controllers.values()])
    .flatMap(({ metatype }) => {
      const controller = metatype as Type;
      const prototype = controller.prototype as Record<string, object>;
      return new MetadataScanner()
        .getAllMethodNames(prototype)
        .filter((name) => Reflect.hasMetadata('method', prototype[name]!))
        .map((name) => policyOf(controller, prototype[name]!, `${controller.name}_${name}`));
    });
}

function policyOf(controller: Type, handler: object, id: string): Handler {
  const all = (key: string): unknown[] =>
    [handler, controller]
      .map((target) => Reflect.getMetadata(key, target) as unknown)
      .filter((value) => value);
  return {
    id,
    isPublic: all(PUBLIC_ROUTE).length > 0,
    permission: all(REQUIRED_PERMISSION)[0] as Permission | undefined,
    financial: all(FINANCIAL_ACTION).length > 0,
    statisticToken: all(STATISTIC_TOKEN_ROUTE).length > 0,
    policies: all(PUBLIC_ROUTE).length + all(REQUIRED_PERMISSION).length,
  };
}
