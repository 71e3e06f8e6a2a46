// The least that any server of this kind does with a scan: takes it in over HTTP, hashes, seals and writes it durably,
// and keeps one row. No session, no look into the file, no letter, no index, no journal.
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Fastify from 'fastify';

const CHUNK = 64 * 1024;

const [dir = '.'] = process.argv.slice(2);
const database = new DatabaseSync(join(dir, 'nue.db'));
database.exec(
  'pragma journal_mode = wal; pragma synchronous = full; create table t (id integer primary key, nom text)',
);
const insert = database.prepare('insert into t (nom) values (?)');
const key = randomBytes(32);

function seal(plain: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < plain.length; at += CHUNK) {
    const cipher = createCipheriv('aes-256-gcm', key, randomBytes(12));
    parts.push(cipher.update(plain.subarray(at, at + CHUNK)), cipher.final(), cipher.getAuthTag());
  }
  return parts;
}

async function keep(name: string, parts: readonly Buffer[]): Promise<void> {
  const partial = join(dir, `${name}.part`);
  const file = await open(partial, 'wx');
  await file.writev(parts);
  await file.sync();
  await file.close();
  await rename(partial, join(dir, name));
  const folder = await open(dir, 'r');
  await folder.sync();
  await folder.close();
}

const app = Fastify({ bodyLimit: 16 * 1024 * 1024 });
// The body as it comes, the envelope of the form and all: not even that is taken off.
app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, body, done) =>
  done(null, body),
);
app.post<{ Body: Buffer }>('/', async ({ body }) => {
  const sha256 = createHash('sha256').update(body).digest('hex');
  await keep(randomBytes(14).toString('hex'), seal(body));
  insert.run(sha256);
  return { sha256 };
});
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`);
