import type { Lang } from '@gec/core';
import { Button, Dialog, Field, Form, Icon, LinkButton, Select, type IconName } from '@gec/ui';
import { statutsSuivants } from '../referentiels/referentiels.policy.ts';
import { carry } from './courriers.lettre.provenance.ts';
import { suiteDe, type Lettre, type Suite } from './courriers.lettre.schema.ts';
import { lettreTexts } from './courriers.lettre.texts.ts';

interface Props {
  lang: Lang;
  csrfToken: string;
  lettre: Lettre;
}

interface Action {
  suite?: Suite;
  href: string;
  label: string;
  icon: IconName;
  shortcut?: string;
  dialog?: string;
  danger?: boolean;
}

/** Everything that the reader may do, in the order of the menu. */
function actionsOf({ courrier, provenance }: Lettre, t: ReturnType<typeof lettreTexts>): Action[] {
  const { id, droits, isDeleted, nombrePieces } = courrier;
  const at = (path: string) => `/mail/${id}/${path}${carry(provenance)}`;
  const actions: (Action | false)[] = [
    droits.transmettre && {
      suite: 'transmettre',
      href: at('transmettre'),
      label: t.transmettre,
      icon: 'send',
      shortcut: 't',
    },
    droits.modifier && {
      suite: 'modifier',
      href: at('modifier'),
      label: t.modifier,
      icon: 'edit',
      shortcut: 'e',
    },
    droits.modifier && { href: '#statut', label: t.changerStatut, icon: 'check', dialog: 'statut' },
    droits.modifier && { href: at('pieces'), label: t.ajouterPiece, icon: 'paperclip' },
    { href: `/export_pdf/${id}`, label: t.fiche, icon: 'file' },
    nombrePieces > 0 && {
      suite: 'telecharger',
      href: `/download_file/${id}`,
      label: t.telecharger,
      icon: 'download',
    },
    droits.supprimer && {
      href: at('annuler'),
      label: t.annulerEnregistrement,
      icon: 'x',
      danger: true,
    },
    droits.supprimer && {
      href: at('supprimer'),
      label: t.mettreCorbeille,
      icon: 'trash',
      danger: true,
    },
    isDeleted && droits.detruire && { href: at('detruire'), label: t.detruire, icon: 'trash', danger: true },
  ];
  return actions.filter((action): action is Action => action !== false);
}

/** What to do next as the one primary button, everything else in a menu. */
export function ActionsLettre({ lang, csrfToken, lettre }: Props) {
  const t = lettreTexts(lang);
  const suite = suiteDe(lettre);
  const actions = actionsOf(lettre, t);
  const first = actions.find((action) => action.suite !== undefined && action.suite === suite);
  const others = actions.filter((action) => action !== first);
  const one = (action: Action) => (
    <a
      key={action.href}
      class={action.danger ? 'menu-item menu-danger' : 'menu-item'}
      href={action.href}
      data-dialog={action.dialog}
      data-shortcut={action.shortcut}
      aria-keyshortcuts={action.shortcut}
    >
      <Icon name={action.icon} />
      <span>{action.label}</span>
    </a>
  );
  return (
    <>
      {suite === 'traiter' && (
        <Button variant="primary" icon="check" form="traiter">
          {t.marquerTraite}
        </Button>
      )}
      {suite === 'restaurer' && (
        <Form action={`/mail/${lettre.courrier.id}/restaurer`} csrfToken={csrfToken}>
          <Button variant="primary" icon="restore">
            {t.restaurer}
          </Button>
        </Form>
      )}
      {first && (
        <LinkButton href={first.href} variant="primary" icon={first.icon} shortcut={first.shortcut}>
          {first.label}
        </LinkButton>
      )}
      <details class="actionmenu" data-menu>
        <summary class="btn btn-secondary">
          <span>{t.autres}</span>
          <Icon name="chevron-down" size={16} />
        </summary>
        <div class="menu menu-end">
          {others.filter(({ danger }) => !danger).map(one)}
          <button
            type="button"
            class="menu-item js-only"
            data-island="copy"
            data-copy={lettre.courrier.numero}
          >
            <Icon name="copy" />
            <span>{t.copierNumero}</span>
          </button>
          <button type="button" class="menu-item js-only" data-island="print">
            <Icon name="print" />
            <span>{t.imprimer}</span>
          </button>
          {others.filter(({ danger }) => danger).map(one)}
        </div>
      </details>
    </>
  );
}

/** Asks for the new statut over the page; without script it is a part of the page with an address of its own. */
export function DialogueStatut({ lang, csrfToken, lettre }: Props) {
  const t = lettreTexts(lang);
  const { courrier, statuts, provenance } = lettre;
  if (!courrier.droits.modifier) return null;
  const offered = [
    ...statuts.filter(({ nom }) => nom === courrier.statut),
    ...statutsSuivants(statuts, courrier.statut),
  ];
  // A statut that was taken out of the list is offered as it stands, so that nothing else looks chosen.
  const known = offered.some(({ nom }) => nom === courrier.statut);
  return (
    <Dialog
      id="statut"
      title={t.changerStatut}
      actions={
        <Button variant="primary" form="statut-form">
          {t.enregistrer}
        </Button>
      }
    >
      <Form id="statut-form" action={`/mail/${courrier.id}/statut${carry(provenance)}`} csrfToken={csrfToken}>
        <input type="hidden" name="version" value={courrier.version} />
        <Field id="nouveau-statut" label={t.nouveauStatut}>
          <Select
            name="statut"
            value={courrier.statut}
            empty={known ? undefined : courrier.statut}
            options={offered.map(({ nom, libelle }) => ({ value: nom, label: libelle }))}
          />
        </Field>
      </Form>
    </Dialog>
  );
}
