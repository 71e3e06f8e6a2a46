import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTestDatabase, tempDir } from '@gec/testing';
import { expect, it } from 'vitest';
import { gecOfThisFile } from '../test/cli.ts';

const { gec, folder } = gecOfThisFile({ openTestDatabase, tempDir });

it('takes an old register over after saying what it would do, and nothing twice', async () => {
  const file = join(folder(), 'registre.csv');
  await writeFile(
    file,
    'Numéro;Date;Expéditeur;Objet\n008951-25;04/03/2025;Société X;Permis\n9;;Société Y;Litige\n',
  );
  const args = ['import', 'register', file, '--utilisateur', 'clerc'];
  expect((await gec(...args)).stderr).toContain('clerc');
  await gec('users', 'add', 'clerc', '--email', 'clerc@example.cd', '--name', 'Clerc');
  const dry = await gec(...args, '--dry-run', '--json');
  expect([dry.code, dry.stderr]).toEqual([3, '']);
  expect(JSON.parse(dry.stdout)).toMatchObject({
    lignes: [
      { numero: '008951-25', etat: 'cree', courrier_id: null },
      { numero: '9', motif: 'DATE_INVALIDE' },
    ],
  });
  expect((await gec(...args)).stdout).toContain('1 reprises, 0 déjà là, 1 écartées.');
  expect((await gec(...args, '--dry-run')).stdout).toContain('0 à reprendre, 1 déjà là, 1 écartées.');
});
