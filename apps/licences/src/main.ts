import { readFileSync } from 'node:fs';
import { createLogger, gracefulStop } from '@gec/http';
import { ConfigError, readConfig } from './config.ts';
import { createContainer } from './container.ts';
import { createApp, type AppAssets } from './http/app.ts';

/** What the build wrote beside this file. */
function builtAssets(): AppAssets {
  const manifest = readFileSync(new URL('./assets.json', import.meta.url), 'utf8');
  return {
    dir: new URL('./assets/', import.meta.url).pathname,
    assets: JSON.parse(manifest) as AppAssets['assets'],
  };
}

/** Starts the licence server and says where it is; ends with code 1 and a message that can be acted on if it cannot. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger({ level: config.logLevel });
  const container = await createContainer(config, { logger });
  const keys = await container.signing.ensureKeys();
  await container.signing.writeTrustAnchor();
  const admin = await container.admins.ensureFirstAdmin();
  const app = await createApp(container, builtAssets());
  container.start();
  gracefulStop(app, { onClose: () => container.close() });
  const address = await app.listen({ host: config.host, port: config.port });

  const lines = [`Serveur de licences : ${config.publicUrl ?? address}`];
  if (keys) {
    lines.push(`Clé racine, à mettre hors ligne dans un lieu sûr : ${keys.rootFile}`);
    if (keys.passphrase !== null) {
      lines.push(`Phrase secrète de la clé racine, affichée cette seule fois : ${keys.passphrase}`);
    }
  }
  if (admin.created) {
    lines.push('Premier administrateur du serveur de licences : admin');
    if (admin.password !== undefined) {
      lines.push(
        `Mot de passe, affiché cette seule fois et à changer à la première connexion : ${admin.password}`,
      );
    }
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

main().catch((error: unknown) => {
  const message =
    error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`Le serveur de licences ne peut pas démarrer :\n${message}\n`);
  process.exit(1);
});
