import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { expectNoAxeViolations, launchBrowser, startSmtpSink, tempDir, testClock } from './index.ts';

it('removes a temporary directory', async () => {
  const dir = await tempDir();
  expect(existsSync(dir.path)).toBe(true);
  await dir.remove();
  expect(existsSync(dir.path)).toBe(false);
});

it('gives a clock that moves only when told', () => {
  const clock = testClock('2026-01-05T08:00:00Z');
  clock.advance(60_000);
  expect(clock.now()).toEqual(clock.now());
  expect(clock.now().toISOString()).toBe('2026-01-05T08:01:00.000Z');
  const running = testClock('2026-01-05T08:00:00Z', 1000);
  expect(running.now().getTime()).toBe(running.now().getTime() - 1000);
});

/** Says one message to an SMTP server, without a library, and gives its last answer. */
async function deliver(port: number, recipient: string, password = 'secret'): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const credentials = Buffer.from(`\0gec\0${password}`).toString('base64');
  const message = 'Subject: =?utf-8?Q?=C3=89ch=C3=A9ance?=\r\n\r\nBonjour\r\n.';
  const envelope = ['MAIL FROM:<gec@example.org>', `RCPT TO:<${recipient}>`, 'DATA', message];
  const commands = ['EHLO essai', `AUTH PLAIN ${credentials}`, ...envelope];
  let answer = '';
  for await (const line of createInterface({ input: socket })) {
    if (/^\d{3}-/.test(line)) continue;
    answer = line;
    const next = answer.startsWith('5') ? undefined : commands.shift();
    if (next === undefined) break;
    socket.write(`${next}\r\n`);
  }
  socket.destroy();
  return answer;
}

describe('the SMTP sink', () => {
  it('keeps what it receives and refuses what it is told to', async () => {
    await using sink = await startSmtpSink({
      account: { user: 'gec', password: 'secret' },
      refuse: ({ to }) => (to.includes('plein@example.org') ? { code: 452, message: 'Full' } : undefined),
    });
    expect(await deliver(sink.port, 'agent@example.org')).toMatch(/^250/);
    const [received] = await sink.waitFor(1);
    expect(received).toMatchObject({
      subject: 'Échéance',
      from: 'gec@example.org',
      to: ['agent@example.org'],
    });
    expect(received?.text).toContain('Bonjour');
    expect(await deliver(sink.port, 'plein@example.org')).toMatch(/^452 Full/);
    expect(await deliver(sink.port, 'agent@example.org', 'faux')).toMatch(/^535/);
    await expect(sink.waitFor(2, 50)).rejects.toThrow('1 of 2');
  });
});

describe('the browser', () => {
  const page = (body: string) =>
    `<!DOCTYPE html><html lang="fr"><head><title>Essai</title></head><body><main><h1>Essai</h1>${body}</main></body></html>`;
  const server = createServer((request, response) => {
    response.setHeader('content-security-policy', "default-src 'none'; script-src 'self'");
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(page(request.url === '/bad' ? '<input type="text">' : '<p>Rien à redire.</p>'));
  });
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    address = `http://127.0.0.1:${bound && typeof bound === 'object' ? bound.port : 0}`;
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('checks a page under a strict Content-Security-Policy', async () => {
    const tab = await browser.newPage();
    await tab.goto(address);
    await expectNoAxeViolations(tab);
    await tab.goto(`${address}/bad`);
    await expect(expectNoAxeViolations(tab)).rejects.toThrow(/label/);
  });
});
