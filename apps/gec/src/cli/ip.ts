import { AppError, fill, formatDateTime } from '@gec/core';
import type { Command } from 'commander';
import type { Cli } from './context.ts';
import { json, table } from './terminal.ts';

const MINUTES = { m: 1, h: 60, d: 1_440 } as const;

/** Minutes of a duration such as `30m`, `12h` or `7d`; `null` for anything else. */
export function parseDuration(text: string): number | null {
  const match = /^([1-9]\d{0,4})([mhd])$/.exec(text.trim().toLowerCase());
  const unit = match?.[2] as keyof typeof MINUTES | undefined;
  return match && unit ? Number(match[1]) * MINUTES[unit] : null;
}

function minutesOf(cli: Cli, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const minutes = parseDuration(text);
  if (minutes === null) throw new AppError('invalid', 'USAGE', cli.t.dureeRefusee);
  return minutes;
}

/** Registers `gec ip …`. */
export function registerIp(program: Command, cli: Cli): void {
  const { t, terminal, actor, lang } = cli;
  const ip = program.command('ip').description(t.ip);

  ip.command('list')
    .description(t.ipList)
    .option('--json', t.json)
    .action(async (options: { json?: boolean }) => {
      const rules = await (await cli.open()).adresses.list(actor);
      if (options.json) {
        terminal.write(json(rules));
        return;
      }
      const rows = rules.map((rule) => [
        rule.cidr,
        rule.genre === 'bloquee' ? t.bloquee : t.autorisee,
        rule.reason,
        rule.expiresAt === null ? t.toujours : formatDateTime(lang, rule.expiresAt),
      ]);
      const headings = [t.colAdresse, t.colRegle, t.colMotif, t.colJusqua];
      terminal.write(rows.length === 0 ? `${t.aucuneRegle}\n` : table(headings, rows));
    });

  for (const kind of ['block', 'allow'] as const) {
    ip.command(kind)
      .description(kind === 'block' ? t.ipBlock : t.ipAllow)
      .argument('<adresse>', t.argCidr)
      .option('--reason <motif>', t.optReason)
      .option('--for <durée>', t.optFor)
      .action(async (cidr: string, options: { reason?: string; for?: string }) => {
        const minutes = minutesOf(cli, options.for);
        const { adresses } = await cli.open();
        const rule = await adresses[kind](actor, { cidr, motif: options.reason ?? '', minutes });
        const text = kind === 'block' ? t.adresseBloquee : t.adresseAutorisee;
        terminal.write(`${fill(text, { cidr: rule.cidr })}\n`);
      });
  }

  ip.command('remove')
    .description(t.ipRemove)
    .argument('<adresse>', t.argCidr)
    .action(async (cidr: string) => {
      const n = await (await cli.open()).adresses.remove(actor, cidr);
      terminal.write(`${fill(t.reglesRetirees, { n })}\n`);
    });
}
