import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { tooLong } from './length-limits.js';
import { cut, parseTemplate, render, type TemplateProblem } from './template.js';

function problemsOf(url: string): TemplateProblem[] {
  const parsed = parseTemplate(url);
  return 'problems' in parsed ? parsed.problems : [];
}

function rendered(url: string, values: Record<string, string>): string {
  const parsed = parseTemplate(url);
  if ('problems' in parsed) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  return render(parsed.template, new Map(Object.entries(values)));
}

describe('A09 right templates of the documentation', () => {
  it.each([
    'http://example.com?promo_id=${promo_id}&visit_id=${visit_id}&amount=${amount}&currency=${currency}',
    'http://example.com?promo_id=${promo_id}&visit_id=${visit_id}&amount=${amount}&currency=${currency}&b=${webID}&c=${clickID}',
    'http://track.me/affiliate?a=${track_id}',
    'http://track.me/affiliate?b=${visit_id}',
    'http://track.me/affiliate?c=${clickID}',
    'http://track.me/affiliate?b=${publisherID}',
    'http://track.me/affiliate?publisherID=${publisherID}',
    'http://track.me/affiliate?id=${publisherID}',
    'http://trackerdomain.com/p.ashx?o=1607&e=525&f=pb&r=${visit_id}',
    'http://trackerdomain.space/click.php?cnv_id=${ctag}&payout=0&cnv_status=reg',
  ])('%s', (url) => expect(problemsOf(url)).toEqual([]));

  it('gives back the value of the link under whatever key the postback names', () => {
    const values = { publisherID: '12345' };
    expect(rendered('http://track.me/affiliate?id=${publisherID}', values)).toBe(
      'http://track.me/affiliate?id=12345',
    );
    expect(rendered('http://track.me/affiliate?btag=${publisherID}', { btag: '12345' })).toBe(
      'http://track.me/affiliate?btag=${publisherID}',
    );
  });

  it('sends what the tracker put in ## or {} brackets, encoded once', () => {
    expect(rendered('http://trackerdomain.com/p.ashx?o=1607&r=${visit_id}', { visit_id: '#reqid#' })).toBe(
      'http://trackerdomain.com/p.ashx?o=1607&r=%23reqid%23',
    );
    expect(
      rendered('http://trackerdomain.space/click.php?cnv_id=${ctag}&payout=0', { ctag: '{clickid}' }),
    ).toBe('http://trackerdomain.space/click.php?cnv_id=%7Bclickid%7D&payout=0');
  });
});

describe('A09 wrong templates of the documentation', () => {
  it.each([
    ['http://track.me/affiliate?a={track_id}', 28, 'query value', '${track_id}'],
    ['http://track.me/affiliate?b=$[visit_id]', 28, 'query value', '${visit_id}'],
    ['http://track.me/affiliate/c=${clickID}', 28, 'path', 'http://track.me/affiliate?c=${clickID}'],
  ] as const)('%s', (url, offset, part, correct) => {
    const [problem, ...more] = problemsOf(url);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ offset, part, correct });
    expect(problem!.message).toContain(correct);
    expect(problem!.message).toContain(part);
  });
});

describe('A09 whatever else looks like a variable', () => {
  it.each([
    ['http://t.me/?a={{x}}', 'query value', '${x}'],
    ['http://t.me/?a=${{x}}', 'query value', '${x}'],
    ['http://t.me/?a=$(x)', 'query value', '${x}'],
    ['http://t.me/?a=$x', 'query value', '${x}'],
    ['http://t.me/?a=[x]', 'query value', '${x}'],
    ['http://t.me/?a=<x>', 'query value', '${x}'],
    ['http://t.me/?a=#x#', 'query value', '${x}'],
    ['http://t.me/?a=#x#&b=#y.z#', 'query value', '${y.z}'],
    ['http://t.me/?a=#{x}', 'query value', '${x}'],
    ['http://t.me/#x#/y', 'path', '?x=${x}'],
    ['http://t.me/?a=%click%', 'query value', '${click}'],
    ['http://t.me/?a=$%7Bx%7D', 'query value', '${x}'],
    ['http://t.me/?a=%24%7bx%7d', 'query value', '${x}'],
    ['http://t.me/?a=$%5Bx%5D', 'query value', '${x}'],
    ['http://t.me/?a=%24%5bx]', 'query value', '${x}'],
    ['http://t.me/?a=${x', 'query value', '${x}'],
    ['http://t.me/?a=${xy', 'query value', '${xy}'],
    ['http://t.me/?a=${}', 'query value', '${name}'],
    ['http://t.me/?a=${a b}', 'query value', '${ab}'],
    ['http://t.me/?a=x}', 'query value', '${name}'],
    ['http://${x}.t.me/?a=1', 'host', '&x=${x}'],
    ['http://${x}/', 'host', '?x=${x}'],
    ['http://t.me:${port}/', 'host', '?port=${port}'],
    ['http://t.me/${x}/y', 'path', '?x=${x}'],
    ['http://t.me/?${x}=1', 'query key', '&x=${x}'],
    ['http://t.me/?${x}', 'query key', '&x=${x}'],
    ['http://t.me/?a=1#${x}', 'fragment', '&x=${x}'],
    ['http://t.me/?a=1#b=${x}', 'fragment', '&x=${x}'],
  ])('%s', (url, part, correct) => {
    const found = problemsOf(url).filter((problem) => problem.part === part && problem.correct === correct);
    expect(found).toHaveLength(1);
  });

  it('names every place', () => {
    const places = problemsOf('http://{h}/a?b={c}&d=$[e]').map(({ offset, part }) => [offset, part]);
    expect(places).toEqual([
      [7, 'host'],
      [15, 'query value'],
      [21, 'query value'],
    ]);
  });

  it.each([
    'http://t.me/?a[]=${x}&b[c]=1',
    'http://t.me/?data=%7B%22a%22%3A1%7D',
    'http://t.me/?a%5Bx%5D=1&b=%5Bx%5D',
    'http://t.me/?price=$5',
    'http://t.me/?sub=${a}_${b}-x',
    'http://t.me:8080/p;v=1/?a=50%25',
    'HTTPS://bücher.example/?a=${x}',
  ])('leaves plain text alone: %s', (url) => expect(problemsOf(url)).toEqual([]));
});

describe('A09 a fragment, which is never sent,', () => {
  it.each([
    ['http://t.me/?a=${x}#top', '#top'],
    ['http://t.me/?a=1##top', '##top'],
    ['http://t.me/?a=#x##top', '#top'],
    ['http://t.me/?a=1&#39;', '#39;'],
    ['http://t.me/#', '#'],
  ])('is refused: %s', (url, found) => {
    const offset = url.lastIndexOf(found);
    const problem = problemsOf(url).find((each) => each.offset === offset);
    expect(problem).toMatchObject({ part: 'fragment', found });
    expect(problem!.message).toContain(`fragment, character ${offset + 1}`);
    expect(problem!.message).toContain('never sent');
    expect(problem!.message).toContain('%23');
  });
});

describe('A09 only http(s) URLs', () => {
  it.each([
    ['', 'scheme'],
    ['t.me/?a=${x}', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['gopher://t.me/', 'scheme'],
    ['dict://t.me:11111/', 'scheme'],
    ['jar:http://t.me!/', 'scheme'],
    ['data:text/html,x', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['http:127.0.0.1', 'scheme'],
    ['http:\\\\127.0.0.1\\', 'scheme'],
    ['ht\ntp://127.0.0.1', 'scheme'],
    ['http://1.1.1.1@127.0.0.1/', 'user information'],
    ['http://user:password@t.me/', 'user information'],
    ['http://127.0.0.1\\@example.com', 'user information'],
    ['http://1.1.1.1 &@2.2.2.2# @3.3.3.3', 'user information'],
    ['http://t.me/a b', 'path'],
    ['http://t.me/\r\nx', 'path'],
    ['http://', 'host'],
    ['http://?a=${x}', 'host'],
    ['http://t.me:99999/', 'host'],
    ['http://exa[mple/', 'host'],
  ])('%j is refused', (url, part) => {
    expect(problemsOf(url).map((problem) => problem.part)).toContain(part);
  });

  it('refuses what is too long', () => {
    expect(problemsOf(`http://t.me/?a=${'x'.repeat(2_100)}`)).toMatchObject([{ offset: 2_048 }]);
  });
});

describe('A09 rendering', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 });
  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,20}$/);
  const fixed = fc.webUrl({ withQueryParameters: false, withFragments: false });

  it('gives back every value when the URL is read again', () => {
    const cases = fc.uniqueArray(fc.tuple(name, text), {
      selector: ([key]) => key,
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(fixed, cases, (base, pairs) => {
        fc.pre(problemsOf(base).length === 0);
        const template = `${base}?${pairs.map(([key]) => `k.${key}=\${${key}}`).join('&')}`;
        const url = new URL(rendered(template, Object.fromEntries(pairs)));
        expect([...url.searchParams]).toEqual(pairs.map(([key, value]) => [`k.${key}`, value]));
        expect(`${url.origin}${url.pathname}`).toBe(new URL(base).href);
        expect(url.hash).toBe('');
      }),
    );
  });

  it('is safe for any UTF-16, unpaired surrogates and control characters included', () => {
    const units = fc.string({
      unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    });
    fc.assert(
      fc.property(units, (value) => {
        const url = rendered('http://t.me/?a=${x}', { x: value });
        expect(url).toMatch(/^http:\/\/t\.me\/\?a=[A-Za-z0-9._~%-]*$/);
        const wellFormed = Buffer.from(value, 'utf8').toString('utf8');
        expect(new URL(url).searchParams.get('a')).toBe(wellFormed);
      }),
    );
  });

  it('encodes once: a value that looks encoded or like a variable comes back as it was', () => {
    expect(rendered('http://t.me/?a=${x}&b=${y}', { x: '%41+&=#', y: '${x}' })).toBe(
      'http://t.me/?a=%2541%2B%26%3D%23&b=%24%7Bx%7D',
    );
  });

  it('leaves a parameter that the visit did not carry as it is, whatever it is called', () => {
    expect(rendered('http://t.me/?a=${clickID}&b=${__proto__}&c=${constructor}', {})).toBe(
      'http://t.me/?a=${clickID}&b=${__proto__}&c=${constructor}',
    );
  });

  it('ends as soon as the URL is too long', () => {
    const template = cut(`http://t.me/?a=${'${x}'.repeat(400)}`);
    const values = new Map([['x', 'ä'.repeat(1_000)]]);
    const get = vi.spyOn(values, 'get');
    const url = render(template, values);
    expect(url).toHaveLength(8_193);
    expect(tooLong({ url, body: null })).toBe('url_over_8192_characters');
    expect(tooLong({ url: url.slice(0, -1), body: null })).toBeNull();
    expect(get).toHaveBeenCalledTimes(2);
  });

  it('never fails while checking', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (tail) => void problemsOf(`http://${tail}`)));
  });
});
