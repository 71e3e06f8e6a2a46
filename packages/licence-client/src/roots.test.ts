import { afterEach, describe, expect, it, vi } from 'vitest';
import { formatTrustAnchor, newKeyPair } from './protocol/index.ts';
import type * as Roots from './roots.ts';

/** The module as a build with these roots has it. */
async function build(roots: string | undefined): Promise<typeof Roots> {
  vi.resetModules();
  if (roots !== undefined) vi.stubGlobal('__LICENCE_ROOT_KEYS__', roots);
  return import('./roots.ts');
}

describe('the trust anchor of a build', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it('is the one that it was built with: nothing that is named later counts beside it', async () => {
    const [editor, other] = [(await newKeyPair()).publicJwk, (await newKeyPair()).publicJwk];
    const { ROOT_KEYS, trustedRoots } = await build(formatTrustAnchor([editor]));
    expect(ROOT_KEYS).toEqual([editor]);
    expect(trustedRoots([other])).toEqual([editor]);
  });

  it('is what the program names itself where the build has none', async () => {
    const { publicJwk } = await newKeyPair();
    for (const nothing of [undefined, '']) {
      const { ROOT_KEYS, trustedRoots } = await build(nothing);
      expect(ROOT_KEYS).toEqual([]);
      expect(trustedRoots([publicJwk])).toEqual([publicJwk]);
    }
  });

  it('that is no anchor stops the program', async () => {
    await expect(build('n’importe quoi')).rejects.toMatchObject({ code: 'MALFORMED' });
  });
});
