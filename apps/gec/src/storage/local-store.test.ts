import { execFileSync } from 'node:child_process';
import { link, mkdir, readFile, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { AppError } from '@gec/core';
import { tempDir, type TempDir } from '@gec/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isPath } from './file-store.ts';
import { createLocalFileStore } from './local-store.ts';

let temp: TempDir;
beforeEach(async () => {
  temp = await tempDir();
});
afterEach(() => temp.remove());

async function* bytes(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

async function everyFile(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function paths(store: ReturnType<typeof createLocalFileStore>): Promise<string[]> {
  const found: string[] = [];
  for await (const file of store.list()) found.push(file.path);
  return found;
}

describe('the local file store', () => {
  it('keeps what it is given, for this account alone, and finds it again', async () => {
    const store = createLocalFileStore({ dir: join(temp.path, 'files') });
    const path = store.newPath();
    expect(isPath(path)).toBe(true);
    expect(await store.put(path, bytes('une ', 'lettre'))).toEqual({ bytes: 10 });
    expect((await buffer(await store.open(path))).toString()).toBe('une lettre');
    expect(await store.exists(path)).toBe(true);
    expect(await paths(store)).toEqual([path]);
    const file = join(temp.path, 'files', path);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(file, '..'))).mode & 0o777).toBe(0o700);
    await store.remove(path);
    await store.remove(path);
    expect(await store.exists(path)).toBe(false);
  });

  it('says that a file is missing', async () => {
    const store = createLocalFileStore({ dir: temp.path });
    await expect(store.open(store.newPath())).rejects.toMatchObject({ code: 'FILE_MISSING' });
  });

  it.each([
    '../../etc/passwd',
    '/etc/passwd',
    'ab/cd/../../../x',
    'ab/cd/abcd',
    `ab/cd/${'0'.repeat(32)}`,
    `ab/cd/abcd${'0'.repeat(28)}\n`,
    `ab/cd/abcd${'0'.repeat(28)}/..`,
    `AB/CD/ABCD${'0'.repeat(28)}`,
    'partial/x',
    '',
  ])('lets no other path reach the disk: %j', async (path) => {
    const store = createLocalFileStore({ dir: temp.path });
    await expect(store.put(path, bytes('x'))).rejects.toThrow(TypeError);
    await expect(store.open(path)).rejects.toThrow(TypeError);
    await expect(store.exists(path)).rejects.toThrow(TypeError);
    expect(() => store.remove(path)).toThrow(TypeError);
    expect(() => store.destroy(path)).toThrow(TypeError);
    expect(await everyFile(temp.path)).toEqual([]);
  });

  it('leaves nothing when the source fails or the check refuses', async () => {
    const store = createLocalFileStore({ dir: temp.path });
    const failing = async function* () {
      yield Buffer.from('début');
      throw new Error('coupé');
    };
    await expect(store.put(store.newPath(), failing())).rejects.toThrow('coupé');
    let seen = '';
    const refuse = async (stored: () => NodeJS.ReadableStream) => {
      seen = (await buffer(stored())).toString();
      throw new Error('refusé');
    };
    await expect(store.put(store.newPath(), bytes('tout'), refuse)).rejects.toThrow('refusé');
    expect(seen).toBe('tout');
    expect(await everyFile(temp.path)).toEqual([]);
  });

  it('overwrites what it destroys before it takes the name away', async () => {
    const store = createLocalFileStore({ dir: join(temp.path, 'files') });
    const path = store.newPath();
    const secret = 'contenu à détruire '.repeat(10_000);
    await store.put(path, bytes(secret));
    const other = join(temp.path, 'autre-nom');
    await link(join(temp.path, 'files', path), other);
    await store.destroy(path);
    await store.destroy(path);
    expect(await store.exists(path)).toBe(false);
    const left = await readFile(other);
    expect(left.length).toBe(Buffer.byteLength(secret));
    expect(left.includes('contenu')).toBe(false);
  });

  it('takes away what a crash left half-written, and nothing that is being written', async () => {
    const store = createLocalFileStore({ dir: temp.path });
    await mkdir(join(temp.path, 'partial'));
    const old = join(temp.path, 'partial', 'a.part');
    await writeFile(old, 'x');
    await utimes(old, new Date(0), new Date(0));
    await writeFile(join(temp.path, 'partial', 'b.part'), 'y');
    expect(await store.sweepPartial(new Date(1_000))).toBe(1);
    expect(await readdir(join(temp.path, 'partial'))).toEqual(['b.part']);
    expect(await paths(store)).toEqual([]);
  });

  it('says that the disk is full, keeps nothing, and goes on when there is room', async (context) => {
    const small = join(temp.path, 'petit-disque');
    await mkdir(small);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small], { stdio: 'ignore' });
    } catch {
      context.skip('mounting a small disk needs root');
    }
    try {
      const store = createLocalFileStore({ dir: join(small, 'files') });
      const failure = await store
        .put(store.newPath(), bytes(...Array.from({ length: 40 }, () => 'z'.repeat(64 * 1024))))
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(AppError);
      expect(failure).toMatchObject({ kind: 'unavailable', code: 'STORAGE_FULL' });
      expect((failure as AppError).message).toContain('Rien n’a été enregistré');
      expect(await everyFile(small)).toEqual([]);
      const path = store.newPath();
      await store.put(path, bytes('petit'));
      expect(await store.exists(path)).toBe(true);
    } finally {
      execFileSync('umount', [small]);
    }
  });
});
