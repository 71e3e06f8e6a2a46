import type { App } from '../../http/app.ts';
import type { SigningService } from './signing.service.ts';

/** Registers the public keys with which anybody can verify what this server signed. */
export function registerSigningApi(app: App, { signing }: { signing: SigningService }): void {
  app.get('/.well-known/jwks.json', { config: { public: true } }, async (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=300')
      .type('application/jwk-set+json')
      .send(JSON.stringify(await signing.jwks())),
  );
}
