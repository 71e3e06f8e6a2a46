import type { ParsedMail } from 'mailparser';

/** A message that the sink received. */
export interface ReceivedMail extends ParsedMail {
  /** Envelope: who sent it (`MAIL FROM`), empty for a bounce. */
  readonly from: string;
  /** Envelope: to whom (`RCPT TO`). */
  readonly to: readonly string[];
}

/** How the sink behaves. */
export interface SmtpSinkOptions {
  /** Only this account may send; anyone without it. */
  readonly account?: { readonly user: string; readonly password: string };
  /** Answers a message with this refusal (`550`, `451` …) instead of taking it, as long as it returns one. */
  readonly refuse?: (mail: ReceivedMail) => { readonly code: number; readonly message: string } | undefined;
  /** Answers a recipient with this refusal, as long as it returns one. */
  readonly refuseRecipient?: (
    address: string,
  ) => { readonly code: number; readonly message: string } | undefined;
  /** TLS with a certificate of its own that nobody trusts: from the start, or after STARTTLS. */
  readonly tls?: 'implicit' | 'starttls';
  /** A port of its own unless one is given, to come back where it was. */
  readonly port?: number;
}

/** A mail server that keeps what it receives. */
export interface SmtpSink extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** Waits until that many messages have arrived in all; rejects after the limit. */
  waitFor(count: number, limitMs?: number): Promise<readonly ReceivedMail[]>;
  clear(): void;
  stop(): Promise<void>;
}

function refusal({ code, message }: { code: number; message: string }): Error {
  return Object.assign(new Error(message), { responseCode: code });
}

/**
 * Starts an SMTP server on the loopback interface, on a port of its own, that parses and keeps every message.
 *
 * @param options account asked for and refusals
 */
export async function startSmtpSink(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const [{ SMTPServer }, { simpleParser }] = await Promise.all([import('smtp-server'), import('mailparser')]);
  const mails: ReceivedMail[] = [];
  const waiters = new Set<() => void>();
  const { account } = options;
  const disabled = [...(options.tls === 'starttls' ? [] : ['STARTTLS']), ...(account ? [] : ['AUTH'])];
  const server = new SMTPServer({
    secure: options.tls === 'implicit',
    disabledCommands: disabled,
    allowInsecureAuth: true,
    authOptional: !account,
    onAuth(auth, _session, done) {
      const accepted = auth.username === account?.user && auth.password === account?.password;
      if (accepted) done(null, { user: auth.username });
      else done(refusal({ code: 535, message: 'Authentication failed' }));
    },
    onRcptTo({ address }, _session, done) {
      const refused = options.refuseRecipient?.(address);
      done(refused ? refusal(refused) : null);
    },
    onData(stream, session, done) {
      simpleParser(stream).then(
        (parsed) => {
          const { mailFrom, rcptTo } = session.envelope;
          const from = mailFrom ? mailFrom.address : '';
          const mail = Object.assign(parsed, { from, to: rcptTo.map(({ address }) => address) });
          const refused = options.refuse?.(mail);
          if (refused) return done(refusal(refused));
          mails.push(mail);
          for (const check of waiters) check();
          done();
        },
        (error: Error) => done(error),
      );
    },
  });
  // A client that vanishes in mid-message is part of what tests do.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const address = server.server.address();
  if (!address || typeof address === 'string') throw new Error('The SMTP sink has no port');
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return {
    host: '127.0.0.1',
    port: address.port,
    mails,
    waitFor(count, limitMs = 10_000) {
      return new Promise((resolve, reject) => {
        const finish = (settle: () => void) => {
          clearTimeout(timer);
          waiters.delete(check);
          settle();
        };
        const check = () => {
          if (mails.length >= count) finish(() => resolve(mails));
        };
        const late = () => new Error(`${mails.length} of ${count} messages after ${limitMs} ms`);
        const timer = setTimeout(() => finish(() => reject(late())), limitMs);
        waiters.add(check);
        check();
      });
    },
    clear: () => void mails.splice(0),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
