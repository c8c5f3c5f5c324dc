import { DomainError, type FieldError } from '../platform/index.js';

/** 422: rules that no single field shows. */
export const termsInvalid = (errors: FieldError[]): DomainError =>
  new DomainError(
    'VALIDATION_FAILED',
    'invalid',
    errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
    { errors },
  );

/** 422: the partner cannot choose this plan for this brand. */
export const planNotAvailable = (message: string): DomainError =>
  new DomainError('COMMISSION_PLAN_NOT_AVAILABLE', 'invalid', `commissionPlanId: ${message}`, {
    errors: [{ path: 'commissionPlanId', message }],
  });
