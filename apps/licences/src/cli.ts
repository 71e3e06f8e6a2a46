import { AppError } from '@gec/core';
import { Command } from 'commander';
import { addDoctorCommand } from './cli/doctor.command.ts';
import { addImportCommand } from './cli/import.command.ts';
import { addLicenseCommands } from './cli/licenses.commands.ts';
import { CliError } from './cli/io.ts';
import { addOperationCommands } from './cli/operations.commands.ts';
import { addSecretsCommands } from './cli/secrets.commands.ts';
import { ConfigError } from './config.ts';
import { BackupError } from './modules/backup/backup.format.ts';
import { RootFileError } from './modules/signing/root-file.ts';

const program = new Command('licences')
  .description('Ligne de commande du serveur de licences')
  .showHelpAfterError();
addLicenseCommands(program);
addImportCommand(program);
addOperationCommands(program);
addSecretsCommands(program);
addDoctorCommand(program);

// A reader that has enough (head) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

program.parseAsync().catch((error: unknown) => {
  const known =
    error instanceof CliError ||
    error instanceof AppError ||
    error instanceof ConfigError ||
    error instanceof RootFileError ||
    error instanceof BackupError;
  const message = known ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${message}\n`);
  process.exit(error instanceof CliError ? error.exitCode : error instanceof ConfigError ? 2 : 1);
});
