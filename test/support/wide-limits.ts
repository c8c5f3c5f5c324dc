import { LIMIT_NAMES } from '../../src/platform/limits/limits.js';

/** Rate limits that no test reaches by accident; tests about limits set their own. */
export const WIDE_LIMITS = LIMIT_NAMES.map((name) => `${name}=1000000/60`).join(',');
