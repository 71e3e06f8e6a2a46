import { openTestDatabase, startLineTo, type Line, type TestDatabase } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestApp, type TestApp } from './harness.ts';
import { migrated } from './migrated.ts';

let database: TestDatabase;
let line: Line;
let test: TestApp;

beforeEach(async () => {
  database = await openTestDatabase('postgres', migrated);
  const through = await startLineTo(database.url);
  line = through.line;
  test = await createTestApp(through.url);
});
afterEach(async () => {
  line.mend();
  await test.close();
  await line.close();
  await database.drop();
});

it('says that the database is away, keeps nothing half-done, and goes on by itself when it is back', async () => {
  const clerk = await test.person('user');
  const headers = { ...(await test.signIn(clerk)), accept: 'application/json' };
  const health = async () => (await test.app.inject('/health')).json<{ status: string }>().status;
  expect(await health()).not.toBe('error');
  expect((await test.app.inject({ url: '/api/v1/session', headers })).statusCode).toBe(200);

  line.cut();
  expect((await test.app.inject('/health')).statusCode).toBe(500);
  const away = await test.app.inject({ url: '/api/v1/session', headers });
  expect(away.statusCode).toBe(503);
  expect(away.json()).toMatchObject({ error: { code: expect.any(String) as string } });
  const page = await test.app.inject({ url: '/', headers: { cookie: headers.cookie, accept: 'text/html' } });
  expect(page.statusCode).toBe(503);
  expect(page.body).toContain('<html');

  line.mend();
  expect(await health()).not.toBe('error');
  expect((await test.app.inject({ url: '/api/v1/session', headers })).statusCode).toBe(200);
});

it('rolls back a registration that loses the database in the middle', async () => {
  const clerk = await test.person('user');
  const { database: db } = test.container;
  const work = db.transaction(async (trx) => {
    await test.container.registres.take(trx, clerk, {
      flux: 'ENTRANT',
      courrierId: 1,
      codeDepartement: 'ADM',
      at: new Date(),
    });
    line.cut();
    await trx.selectFrom('courrier').select('id').execute();
  });
  await expect(work).rejects.toSatisfy((error) => db.dialect.isUnavailable(error));
  line.mend();
  // The server notices the broken connection and gives the number back.
  await expect
    .poll(async () => (await db.kysely.selectFrom('numero').selectAll().execute()).length, {
      timeout: 10_000,
    })
    .toBe(0);
  const next = await db.transaction((trx) =>
    test.container.registres.take(trx, clerk, {
      flux: 'ENTRANT',
      courrierId: 2,
      codeDepartement: 'ADM',
      at: new Date(),
    }),
  );
  expect(next.numero).toMatch(/00001$/);
});
