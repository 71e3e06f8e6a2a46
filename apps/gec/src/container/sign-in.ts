import { createConfirmation, type ConfirmationDeps } from '../modules/auth/auth.confirmation.ts';
import { createAuthService, type AuthDeps } from '../modules/auth/auth.service.ts';
import { createFacteursService, type FacteursDeps } from '../modules/facteurs/facteurs.service.ts';

type SignInDeps = ConfirmationDeps &
  Omit<AuthDeps, 'facteurs' | 'confirmation'> &
  Omit<FacteursDeps, 'confirmer'>;

/** Constructs signing in and second factors, which count wrong passwords together. */
export function createSignIn(deps: SignInDeps) {
  const confirmation = createConfirmation(deps);
  const facteurs = createFacteursService({
    ...deps,
    confirmer: (actor, motDePasse) =>
      confirmation.confirmer(actor, motDePasse, { champ: 'mot_de_passe', motif: 'second facteur' }),
  });
  return { facteurs, auth: createAuthService({ ...deps, facteurs, confirmation }) };
}
