import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createLogger, gracefulStop } from '@gec/http';
import { ConfigError, readConfig } from './config.ts';
import { createContainer } from './container.ts';
import { createApp, type AppAssets } from './http/app.ts';
import { atelierOf } from './workers/atelier.ts';

/** What the build wrote beside this file. */
function builtAssets(): AppAssets {
  const manifest = readFileSync(new URL('./assets.json', import.meta.url), 'utf8');
  return {
    dir: fileURLToPath(new URL('./assets/', import.meta.url)),
    assets: JSON.parse(manifest) as AppAssets['assets'],
  };
}

/** Starts GEC Mines and says where it is; ends with code 1 and a message that can be acted on when it cannot start. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger({ level: config.logLevel });
  // An entry knows where it was built; what several entries share ends up in a chunk elsewhere.
  const openAtelier = atelierOf(new URL('./atelier.js', import.meta.url));
  const container = await createContainer(config, { logger, openAtelier });
  const admin = await container.utilisateurs.ensureFirstAdmin(config);
  const app = await createApp(container, builtAssets());
  container.start();
  gracefulStop(app, { onClose: () => container.close() });
  const address = await app.listen({ host: config.host, port: config.port });

  const lines = [`GEC Mines : ${config.publicUrl ?? address}`];
  if (admin.created) {
    lines.push('Premier administrateur : admin (admin@gecmines.cd)');
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
  process.stderr.write(`GEC Mines ne peut pas démarrer :\n${message}\n`);
  process.exit(1);
});
