import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createEditor } from '../test/editor.ts';
import { start } from '../test/example.ts';

it('runs the example of the README', async () => {
  const source = readFileSync(new URL('../test/example.ts', import.meta.url), 'utf8');
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(source.trim());

  const editor = await createEditor(Date.now);
  editor.sell('ABCDEFGH1234', 365);
  const folder = mkdtempSync(join(tmpdir(), 'licence-'));
  const setup = {
    folder,
    secret: new Uint8Array(32).fill(9),
    root: editor.root,
    server: 'https://licences.example.cd',
    fetch: editor.fetch as typeof fetch,
  };
  try {
    expect(await start(setup, 'abcd-efgh 1234')).toEqual(['Evaluation', 'Licence active', 'go ahead']);
    expect(statSync(join(folder, 'licence.json')).mode & 0o777).toBe(0o600);
    expect(await start(setup, 'NOSUCHKEY000')).toEqual([
      'Licence active',
      'The licence server refused: Refus.',
      'Licence active',
      'go ahead',
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
