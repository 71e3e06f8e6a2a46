import { describe, expect, it } from 'vitest';
import { passwordProblem } from './mot-de-passe.policy.ts';

describe('rules of a password', () => {
  const porteur = { username: 'jean.mukendi', email: 'j.mukendi@mines.example', nomComplet: 'Jean MUKENDI' };
  const accepted = (password: string) => passwordProblem('fr', password, porteur) === null;

  it.each(['quatre mots sans lien', 'Lualaba-cuivre-7-ruche', 'ééééàààà çççç ùùùù', '😀😁😂🤣😃😄😅😆😉😊'])(
    'takes %s',
    (password) => expect(accepted(password)).toBe(true),
  );
  it.each([
    'court',
    'neuf-sign',
    'Jean.Mukendi1',
    'jean mukendi 2026',
    'J.Mukendi@mines.example',
    'MotDePasse2026!',
    'Password123',
    'Kinshasa2026',
    'azertyuiop',
    '1234567890',
    '9876543210',
    'aaaaaaaaaaaa',
    'abababababab',
    'x'.repeat(1_001),
  ])('refuses %s', (password) => expect(accepted(password)).toBe(false));
});
