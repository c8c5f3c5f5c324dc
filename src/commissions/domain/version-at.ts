/** Anything that pays from the start of a period on; null for what pays from the beginning. */
interface Effective {
  readonly effectiveFrom: Date | null;
}

/**
 * The newest version that pays the period which starts at `at`.
 * @param plan its versions, oldest first
 * @throws Error where no version pays from the beginning
 */
export function versionAt<Version extends Effective>(
  plan: { readonly versions: readonly Version[] },
  at: Date,
): Version {
  const inForce = plan.versions.findLast(
    ({ effectiveFrom }) => effectiveFrom === null || effectiveFrom <= at,
  );
  if (!inForce) throw new Error('A commission plan has no first version');
  return inForce;
}
