import { applyDecorators } from '@nestjs/common';
import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { plainToInstance, Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsObject, ValidateNested } from 'class-validator';
import { STRATEGY_CLASSES, strategyClassOf } from './strategies.dto.js';

const DESCRIPTION = 'One to ten strategies; several of them make a hybrid plan.';

function toStrategyDto(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return plainToInstance(strategyClassOf((value as { type?: unknown }).type), value);
}

/** Documents a list of strategies; its controllers name the classes as extra models. */
export function ApiStrategies({ required }: { required: boolean }): PropertyDecorator {
  const schemas = Object.entries(STRATEGY_CLASSES).map(([type, dto]) => [type, getSchemaPath(dto)] as const);
  const items = {
    oneOf: schemas.map(([, $ref]) => ({ $ref })),
    discriminator: { propertyName: 'type', mapping: Object.fromEntries(schemas) },
  };
  return ApiProperty({
    description: DESCRIPTION,
    required,
    type: 'array',
    minItems: 1,
    maxItems: 10,
    items,
    example: [{ type: 'cpa', amount: '100.00', criteria: { firstDepositAtLeast: '20.00' } }],
  });
}

/** The field holds 1 to 10 strategies; each is checked by the class of its `type`. */
export function StrategiesField({ required }: { required: boolean }): PropertyDecorator {
  return applyDecorators(
    ApiStrategies({ required }),
    Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(toStrategyDto) : value)),
    ValidateNested({ each: true }),
    IsObject({ each: true }),
    ArrayMaxSize(10),
    ArrayMinSize(1),
    IsArray(),
  );
}
