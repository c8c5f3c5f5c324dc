import { describe, expect, it } from 'vitest';
import { mailboxHash, nameHash } from './same-person.js';

describe('B07 the same person', () => {
  it.each([
    ['Ann@Fox.Example', ' ann@fox.example ', true],
    ['a.n.n+casino@googlemail.com', 'ann@gmail.com', true],
    ['ann+1@outlook.com', 'ann@outlook.com', true],
    // Elsewhere dots and pluses may be other mailboxes.
    ['a.nn@fox.example', 'ann@fox.example', false],
    ['ann+1@fox.example', 'ann@fox.example', false],
    ['ann@fox.example', 'ann@fix.example', false],
    ['+@gmail.com', '@gmail.com', false],
    ['no address', 'no  address', false],
  ])('has one mailbox: %s and %s: %s', (one, other, same) => {
    expect(mailboxHash(one) === mailboxHash(other)).toBe(same);
  });

  it.each([
    ['José  García', 'garcia, JOSE', true],
    ['Ann-Marie Fox', 'Ann Marie Fox', true],
    ['Ann Fox', 'Anna Fox', false],
    ['Łukasz Nowak', 'Lukasz Nowak', false],
    ['王 小明', '王 小明', true],
  ])('has one name: %s and %s: %s', (one, other, same) => {
    expect(nameHash(one)).not.toBeNull();
    expect(nameHash(one) === nameHash(other)).toBe(same);
  });

  it.each(['', 'Ann', ' - ', '\u0000'])('is not told by %j', (name) => {
    expect(nameHash(name)).toBeNull();
  });
});
