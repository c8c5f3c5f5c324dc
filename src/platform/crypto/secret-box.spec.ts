import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../config/config.js';
import { SecretBox } from './secret-box.js';

const key = (id: string, byte: number) => `${id}:${Buffer.alloc(32, byte).toString('base64')}`;
const boxWith = (...keys: string[]) =>
  new SecretBox(readConfig({ TRIBUTARY_ENCRYPTION_KEYS: keys.join(',') }));

const OLD = key('2025', 1);
const NEW = key('2026', 2);

describe('SecretBox', () => {
  it('opens what it sealed, whatever the text, and never seals the same way twice', () => {
    const box = boxWith(NEW);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (plain) => {
        const sealed = box.seal(plain, 'users.secret:1');
        expect(box.open(sealed, 'users.secret:1')).toBe(plain);
        expect(box.seal(plain, 'users.secret:1')).not.toBe(sealed);
      }),
    );
  });

  it('names the key, not the secret', () => {
    expect(boxWith(NEW).seal('JBSWY3DPEHPK3PXP', 'c')).toMatch(/^2026\.[A-Za-z0-9_-]+$/);
  });

  it('rotates: the first key seals, every key opens', () => {
    const before = boxWith(OLD).seal('secret', 'c');
    const rotated = boxWith(NEW, OLD);
    expect(rotated.open(before, 'c')).toBe('secret');
    expect(rotated.seal('secret', 'c')).toMatch(/^2026\./);
  });

  it('says which key is missing', () => {
    const sealed = boxWith(OLD).seal('secret', 'c');
    expect(() => boxWith(NEW).open(sealed, 'c')).toThrow("The encryption key '2025' is not configured");
  });

  it('refuses another context: a sealed text cannot be moved to another row', () => {
    const box = boxWith(NEW);
    expect(() => box.open(box.seal('secret', 'users.secret:1'), 'users.secret:2')).toThrow();
  });

  it('refuses a text altered or cut anywhere', () => {
    const box = boxWith(NEW);
    const sealed = box.seal('secret', 'c');
    const [id, body] = sealed.split('.') as [string, string];
    const bytes = Buffer.from(body, 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const altered = Buffer.from(bytes);
      altered[index]! ^= 1;
      expect(() => box.open(`${id}.${altered.toString('base64url')}`, 'c')).toThrow();
      expect(() => box.open(`${id}.${bytes.subarray(0, index).toString('base64url')}`, 'c')).toThrow();
    }
  });

  it('refuses the same bytes under another key', () => {
    const [, body] = boxWith(OLD).seal('secret', 'c').split('.') as [string, string];
    expect(() => boxWith(NEW, OLD).open(`2026.${body}`, 'c')).toThrow();
  });
});
