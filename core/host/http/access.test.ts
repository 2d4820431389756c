import { describe, expect, it } from 'vitest';
import { createAccess } from './access.ts';

const near = { isLocal: true, host: 'localhost:7420' };
const far = { isLocal: false, host: 'gpu1:7420' };

function cookie(header: string | undefined): string {
  return header?.split(';')[0] ?? '';
}

describe('access', () => {
  it('lets in who has shown the token, by a cookie that no script can read and no other site sends', () => {
    const access = createAccess(() => undefined);
    const header = access.admit(access.token(), near);
    expect(header).toMatch(/^simgan-7420=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(access.isAdmitted(`other=1; ${cookie(header)}`, near.host)).toBe(true);
  });

  it('turns everybody else away', () => {
    const access = createAccess(() => undefined);
    const right = cookie(access.admit(access.token(), near));
    for (const token of ['', 'x', access.token().slice(1), `${access.token()}x`, right.split('=')[1]]) {
      expect(access.admit(token, near), token).toBeUndefined();
    }
    const wrong = [
      '',
      ';',
      '=',
      'simgan-7420',
      'simgan-7420=',
      `simgan-7420=${access.token()}`,
      `x${right}`,
      `${right}x`,
    ];
    for (const header of [undefined, ...wrong])
      expect(access.isAdmitted(header, near.host), header).toBe(false);
    expect(createAccess(() => undefined).isAdmitted(right, near.host)).toBe(false);
  });

  it('keeps two studios on ports of one machine apart', () => {
    const access = createAccess(() => undefined);
    const first = cookie(access.admit(access.token(), near));
    const second = cookie(access.admit(access.token(), { ...near, host: 'localhost:7421' }));
    expect(first.split('=')[0]).not.toBe(second.split('=')[0]);
    expect(access.isAdmitted(`${first}; simgan-7421=of-another`, near.host)).toBe(true);
  });

  it('takes a token from afar once, and from this machine as often as wanted', () => {
    const tokens: string[] = [];
    const access = createAccess(() => tokens.push(access.token()));
    const first = access.token();
    expect(access.admit(first, near)).toBeDefined();
    expect(access.admit(first, near)).toBeDefined();
    expect(tokens).toEqual([]);
    const admitted = cookie(access.admit(first, far));
    expect(tokens).toEqual([access.token()]);
    expect(access.token()).not.toBe(first);
    expect(access.admit(first, far)).toBeUndefined();
    expect(access.admit(first, near)).toBeUndefined();
    expect(access.isAdmitted(admitted, far.host)).toBe(true);
  });
});
