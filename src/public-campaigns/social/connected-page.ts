/** What a person sees whose account is connected, where no frontend was named. */
export function connectedPage(): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Your account is connected</title>
<style>body{font:1rem/1.5 system-ui;max-width:32rem;margin:15vh auto;padding:0 1rem}</style>
<h1>Your account is connected</h1>
<p>You may close this page.</p>
</html>
`;
}
