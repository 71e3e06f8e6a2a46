import { fill } from '@gec/core';
import { Button, Card, Form, Stack } from '@gec/ui';

/** Words of putting a record out of use and back, in the language of the page. `{nom}` is the record's name. */
export interface MotsEnService {
  readonly etatTitre: string;
  readonly activer: string;
  readonly activerTexte: string;
  readonly desactiver: string;
  readonly desactiverTexte: string;
  readonly desactiverConfirmer: string;
  readonly supprimer: string;
  readonly supprimerTexte: string;
  readonly supprimerConfirmer: string;
}

/** Putting a record of the administration out of use and back, and deleting it where that is possible. */
export function MiseEnService(props: {
  /** Address of the record. */
  base: string;
  csrfToken: string;
  nom: string;
  actif: boolean;
  version: number;
  supprimable: boolean;
  mots: MotsEnService;
}) {
  const { base, csrfToken, nom, actif, version, supprimable, mots } = props;
  return (
    <Card title={mots.etatTitre} icon="settings">
      <Stack space={5}>
        <section class="stack stack-2">
          <p class="muted">{actif ? mots.desactiverTexte : mots.activerTexte}</p>
          <Form
            action={`${base}/activation`}
            csrfToken={csrfToken}
            confirm={actif ? fill(mots.desactiverConfirmer, { nom }) : undefined}
          >
            <input type="hidden" name="version" value={version} />
            <input type="hidden" name="actif" value={actif ? 'non' : 'oui'} />
            <Button>{actif ? mots.desactiver : mots.activer}</Button>
          </Form>
        </section>
        {supprimable && (
          <section class="stack stack-2">
            <p class="muted">{mots.supprimerTexte}</p>
            <Form
              action={`${base}/suppression`}
              csrfToken={csrfToken}
              confirm={fill(mots.supprimerConfirmer, { nom })}
            >
              <input type="hidden" name="version" value={version} />
              <Button variant="danger" icon="trash">
                {mots.supprimer}
              </Button>
            </Form>
          </section>
        )}
      </Stack>
    </Card>
  );
}
