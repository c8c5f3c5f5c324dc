interface TokenForm {
  /** As HTML. */
  title: string;
  button: string;
  /** Last part of the route that takes the token, beside this page's own address. */
  action: string;
  token: string;
  /** Name of the field that takes the token; `token` unless said otherwise. */
  name?: string;
  /** HTML of what else is to be entered. */
  field?: string;
}

/** A page whose only button posts a mailed token: mail scanners that open links must not use them up. */
export function tokenPage({ title, button, action, token, name = 'token', field = '' }: TokenForm): string {
  const safeToken = token.replaceAll(/[^\w.-]/g, '');
  return htmlPage(
    title,
    `<form method="post" action="${action}">
  <input type="hidden" name="${name}" value="${safeToken}">
  ${field}
  <button>${button}</button>
</form>`,
  );
}

/** A page that says what was done. @param title as HTML, like `text` */
export function messagePage(title: string, text: string): string {
  return htmlPage(title, `<p>${text}</p>`);
}

/** A page of the program's own, without scripts. @param title as HTML, like `content` */
export function htmlPage(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>body{font:1rem/1.5 system-ui;max-width:32rem;margin:15vh auto;padding:0 1rem}button{font:inherit;padding:.6rem 1.2rem}</style>
<h1>${title}</h1>
${content}
</html>
`;
}
