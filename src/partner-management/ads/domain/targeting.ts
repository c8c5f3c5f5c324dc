/** Where apps and pages show ads. */
export const PLATFORMS = ['web', 'ios', 'android'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** A language by ISO 639, without region. */
export const LANGUAGE = /^[a-z]{2,3}$/;

/** Name that an app or a page gives to a place where it shows ads. */
export const PLACEMENT = /^(?=.{1,50}$)[a-z0-9]+(-[a-z0-9]+)*$/;
