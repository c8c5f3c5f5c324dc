const TABLET = /iPad|Tablet|PlayBook|Kindle|Silk\/(?!.*Mobile)|Android(?!.*Mobi)/i;
const MOBILE = /Mobi|iPhone|iPod|Windows Phone|BlackBerry|Opera Mini/i;

/**
 * The kind of device that the user agent names, by the words that browsers agree on ("Mobi" for phones; Android
 * without it for tablets). Whatever names none is a desktop, iPads that ask for desktop pages too.
 */
export function deviceOf(userAgent: string | null): 'mobile' | 'tablet' | 'desktop' {
  if (userAgent === null) return 'desktop';
  if (TABLET.test(userAgent)) return 'tablet';
  return MOBILE.test(userAgent) ? 'mobile' : 'desktop';
}
