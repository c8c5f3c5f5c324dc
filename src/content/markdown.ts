import { micromark } from 'micromark';

/**
 * What operators wrote, as HTML that may stand in any page: CommonMark, in which HTML shows as the text that it is, and
 * links lead to http, https, mailto and the like only, so that nothing in it is executed.
 */
export function htmlOf(markdown: string): string {
  return micromark(markdown, { allowDangerousHtml: false, allowDangerousProtocol: false });
}
