/** Obstacles that an erasure has to wait for: those that cannot be given up, and those that were not. */
export function obstaclesLeft<T extends { waivable: boolean }>(
  obstacles: readonly T[],
  acceptsLoss: boolean,
): T[] {
  return obstacles.filter(({ waivable }) => !waivable || !acceptsLoss);
}
