import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTestDatabase, tempDir } from '@gec/testing';
import { expect, it } from 'vitest';
import { gecOfThisFile } from '../test/cli.ts';

const { gec, folder } = gecOfThisFile({ openTestDatabase, tempDir });

it('imports a list after saying what it would do, exports it, and finds doubles', async () => {
  const file = join(folder(), 'liste.csv');
  await writeFile(
    file,
    'Nom;E-mail\r\nCadastre minier;cami@example.cd\r\nCadastre miniers;\r\nBanque;faux\r\n',
  );
  const dry = await gec('correspondants', 'import', file, '--simuler', '--json');
  expect([dry.code, dry.stderr]).toEqual([3, '']);
  expect(JSON.parse(dry.stdout)).toMatchObject({ comptes: { ajout: 2, erreur: 1 } });
  expect((await gec('correspondants', 'export')).stdout).not.toContain('Cadastre');

  expect((await gec('correspondants', 'import', file)).stdout).toContain('2 ajoutés');
  expect((await gec('correspondants', 'export')).stdout).toContain('Cadastre minier;;;cami@example.cd');
  expect(JSON.parse((await gec('correspondants', 'doublons', '--json')).stdout)).toEqual([
    { a: 'Cadastre minier', b: 'Cadastre miniers', motif: 'faute' },
  ]);
  expect((await gec('correspondants', 'doublons', '--limite', '0')).code).not.toBe(0);
});
