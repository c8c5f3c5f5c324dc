/**
 * The least that keeps the redirect's promise: clicks are stored by group commit, in one table with a key, before they
 * are answered. It knows no promos, reads no headers, and survives no fault. Prints its port.
 *   DATABASE_URL=… node test/bench/plain-redirect.mjs
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setImmediate } from 'node:timers';
import pg from 'pg';

const client = new pg.Client(process.env.DATABASE_URL);
await client.connect();
await client.query(
  'CREATE TABLE plain_clicks (id uuid PRIMARY KEY, target text, at timestamptz DEFAULT now())',
);

let waiting = [];
let storing = false;

function storeSoon() {
  if (storing || waiting.length === 0) return;
  storing = true;
  setImmediate(async () => {
    const batch = waiting;
    waiting = [];
    await client.query({
      name: 'store',
      text: 'INSERT INTO plain_clicks (id, target) SELECT * FROM unnest($1::uuid[], $2::text[])',
      values: [batch.map(({ id }) => id), batch.map(({ target }) => target)],
    });
    for (const { id, response } of batch) {
      response.writeHead(302, {
        Location: `https://fox.example/welcome?lang=en&tag=${id}#top`,
        'Content-Length': '0',
      });
      response.end();
    }
    storing = false;
    storeSoon();
  });
}

const server = createServer((request, response) => {
  waiting.push({ id: randomUUID(), target: request.url, response });
  storeSoon();
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
