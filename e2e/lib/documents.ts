import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced block of a document. */
export interface Block {
  /** First word after the fence: `sh`, `ini`, `json`… */
  readonly language: string;
  /** Whether the fence says that a test runs it (```` ```sh essayé ````). */
  readonly tried: boolean;
  readonly body: string;
  /** Number of the line of its fence. */
  readonly line: number;
}

/** A document of the project. */
export interface Document {
  /** Path below the root, with `/`. */
  readonly name: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** Reads a document of the project by its path below the root. */
export function readDocument(name: string): Document {
  const text = readFileSync(join(ROOT, name), 'utf8');
  const blocks = [...text.matchAll(/^( *)```(\S*)( essayé)?\n([\s\S]*?)^\1```$/gm)].map(
    ({ index, 2: language = '', 3: tried, 4: body = '' }): Block => ({
      language,
      tried: tried !== undefined,
      body,
      line: text.slice(0, index).split('\n').length,
    }),
  );
  return { name, text, blocks };
}

/** What people read: the two README files and all of docs/. */
export const documents: readonly Document[] = [
  'README.md',
  'README.en.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
].map(readDocument);
