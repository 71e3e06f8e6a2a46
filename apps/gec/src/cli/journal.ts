import { fill, formatNumber } from '@gec/core';
import type { Command } from 'commander';
import { reportInWords } from '../modules/journal/journal.presenter.ts';
import { EXIT, type Cli } from './context.ts';
import { json, progress } from './terminal.ts';

/** Registers `gec journal …`. */
export function registerJournal(program: Command, cli: Cli): void {
  const { t, terminal, actor, lang } = cli;
  program
    .command('journal')
    .description(t.journal)
    .command('verify')
    .description(t.journalVerify)
    .option('--json', t.json)
    .action(async (options: { json?: boolean }) => {
      const { journal } = await cli.open();
      const shown = progress(terminal, lang, t.verification);
      const report = await journal
        .verify(actor, (done, total) => shown.update(done, total))
        .finally(shown.end);
      if (!report.ok) cli.exitWith(EXIT.checkFailed);
      if (options.json) {
        terminal.write(json(report));
        return;
      }
      terminal.write(`${reportInWords(lang, report)}\n`);
      if (report.waiting > 0) {
        terminal.write(`${fill(t.enAttente, { n: formatNumber(lang, report.waiting) })}\n`);
      }
    });
}
