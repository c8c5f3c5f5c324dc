/** How many levels a partner sees below itself. */
export const LEVELS = 10;
