import { fill, formatBytes, formatNumber, type FieldError } from '@gec/core';
import {
  Actions,
  Alert,
  Badge,
  Button,
  Card,
  DataTable,
  EmptyState,
  ErrorSummary,
  FileDrop,
  Form,
  FormActions,
  LinkButton,
  PageHeader,
  Stack,
  Tabs,
  useLang,
  type TabItem,
} from '@gec/ui';
import { useTextes } from '../departements/departements.mots.views.tsx';
import { tableCsv } from '../../tableur/write-table.ts';
import type { Departement } from '../departements/departements.schema.ts';
import type { Role } from '../roles/roles.schema.ts';
import {
  IMPORT_LIGNES,
  IMPORT_OCTETS,
  type CompteImporte,
  type LignePrevue,
  type PlanImport,
} from './utilisateurs.import.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

const LIST = '/admin/users';
const PAGE = '/admin/users/import';

/** The page that takes a list, with what it must look like. */
export function ImportView(props: { csrfToken: string; errors: readonly FieldError[] }) {
  const lang = useLang();
  const t = useTextes(utilisateursTexts);
  const { csrfToken, errors } = props;
  const limits = { n: formatNumber(lang, IMPORT_LIGNES), max: formatBytes(lang, IMPORT_OCTETS) };
  return (
    <>
      <PageHeader title={t.importer} subtitle={t.importTexte} crumbs={[{ label: t.titre, href: LIST }]} />
      <Stack>
        <ErrorSummary errors={errors} />
        <Card title={t.importFichier} icon="upload">
          <Form action={PAGE} csrfToken={csrfToken} encType="multipart/form-data" class="stack stack-4">
            <FileDrop
              id="fichier"
              name="fichier"
              label={t.importChoisir}
              accept=".csv,.txt,.xlsx,text/csv"
              hint={fill(t.importLimites, limits)}
              maxBytes={IMPORT_OCTETS}
              error={errors.find(({ field }) => field === 'fichier')?.message}
              required
            />
            <FormActions label={t.importVerifier} back={LIST} backLabel={t.revenir} />
          </Form>
        </Card>
        <Card title={t.importModele} icon="file">
          <Stack space={3}>
            <p>{t.importModeleTexte}</p>
            <Actions>
              {(['csv', 'xlsx'] as const).map((format) => (
                <LinkButton key={format} href={`${PAGE}/modele.${format}`} icon="download" download>
                  {fill(t.importModeleFormat, { format: format.toUpperCase() })}
                </LinkButton>
              ))}
            </Actions>
          </Stack>
        </Card>
      </Stack>
    </>
  );
}

/** Which lines of a plan are shown. */
export type EtatPlan = LignePrevue['action'] | '';

function ActionBadge({ action }: { action: LignePrevue['action'] }) {
  const t = useTextes(utilisateursTexts);
  if (action === 'ajouter') return <Badge tone="success">{t.importAjouter}</Badge>;
  if (action === 'existe') return <Badge>{t.importExiste}</Badge>;
  return (
    <Badge tone="danger" icon="alert">
      {t.importErreur}
    </Badge>
  );
}

/** What a list will do, line by line, before anything is done. */
export function PlanView(props: {
  csrfToken: string;
  id: string;
  plan: PlanImport;
  roles: readonly Role[];
  departements: readonly Departement[];
  etat: EtatPlan;
  page: number;
  pageSize: number;
  /** Why it was not confirmed. */
  refus?: string;
}) {
  const lang = useLang();
  const t = useTextes(utilisateursTexts);
  const { csrfToken, id, plan, roles, departements, etat, page, pageSize, refus } = props;
  const href = (change: { etat?: EtatPlan; page?: number }) => {
    const query = new URLSearchParams();
    const shown = change.etat ?? etat;
    if (shown !== '') query.set('etat', shown);
    if (change.page !== undefined && change.page > 1) query.set('page', String(change.page));
    return `${PAGE}/${id}${query.size > 0 ? `?${query.toString()}` : ''}`;
  };
  const tab = (value: EtatPlan, label: string, count: number): TabItem => ({
    href: href({ etat: value, page: 1 }),
    label,
    count,
    current: etat === value,
  });
  const labels: Readonly<Record<string, string>> = {
    nomComplet: t.nomComplet,
    email: t.email,
    username: t.identifiant,
    matricule: t.matricule,
    fonction: t.fonction,
    telephone: t.telephone,
    role: t.role,
    departementId: t.departement,
  };
  const lines = etat === '' ? plan.lignes : plan.lignes.filter(({ action }) => action === etat);
  const shown = lines.slice((page - 1) * pageSize, page * pageSize);
  return (
    <>
      <PageHeader
        title={fill(t.importPlan, { nom: plan.nom })}
        subtitle={t.importPlanTexte}
        crumbs={[
          { label: t.titre, href: LIST },
          { label: t.importer, href: PAGE },
        ]}
      />
      <Stack>
        {refus !== undefined && <Alert tone="warning" title={refus} />}
        {plan.ignorees.length > 0 && (
          <Alert tone="info" title={t.importIgnorees}>
            {plan.ignorees.join(', ')}
          </Alert>
        )}
        {plan.erreurs > 0 && (
          <Alert tone="warning" title={fill(t.importAvecErreurs, { n: formatNumber(lang, plan.erreurs) })}>
            {t.importAvecErreursTexte}
          </Alert>
        )}
        <Form action={`${PAGE}/${id}`} csrfToken={csrfToken} class="cluster">
          <input type="hidden" name="empreinte" value={plan.empreinte} />
          {plan.ajouts > 0 && (
            <Button variant="primary" icon="check">
              {fill(plan.ajouts === 1 ? t.importConfirmer_un : t.importConfirmer_autre, {
                n: formatNumber(lang, plan.ajouts),
              })}
            </Button>
          )}
          <LinkButton href={PAGE} variant={plan.ajouts > 0 ? 'quiet' : 'primary'}>
            {t.importAutre}
          </LinkButton>
        </Form>
        <Tabs
          label={t.importLignes}
          items={[
            tab('', t.importToutes, plan.lignes.length),
            tab('ajouter', t.importAjouter, plan.ajouts),
            tab('existe', t.importExiste, plan.existants),
            tab('erreur', t.importErreur, plan.erreurs),
          ]}
        />
        <Card flush>
          <DataTable
            caption={t.importLignes}
            rows={shown}
            rowKey={(line) => line.ligne}
            empty={<EmptyState icon="file" title={t.importAucune} />}
            pages={{ page, pageSize, total: lines.length, hrefFor: (number) => href({ page: number }) }}
            columns={[
              {
                id: 'ligne',
                header: t.importLigne,
                kind: 'end',
                cell: (line) => formatNumber(lang, line.ligne),
              },
              {
                id: 'action',
                header: t.importEffet,
                cell: (line) => (
                  <>
                    <ActionBadge action={line.action} />
                    {line.erreurs.length > 0 && (
                      <ul class="import-errors">
                        {line.erreurs.map(({ field, message }) => (
                          <li key={`${field} ${message}`}>
                            {labels[field]
                              ? fill(t.importErreurDe, { champ: labels[field], message })
                              : message}
                          </li>
                        ))}
                      </ul>
                    )}
                  </>
                ),
              },
              { id: 'nom', header: t.nomComplet, primary: true, cell: (line) => line.compte.nomComplet },
              { id: 'email', header: t.email, cell: (line) => line.compte.email },
              { id: 'identifiant', header: t.identifiant, cell: (line) => line.compte.username },
              {
                id: 'role',
                header: t.role,
                from: 'medium',
                cell: (line) =>
                  roles.find(({ nom }) => nom === line.compte.role)?.libelle ?? line.compte.role,
              },
              {
                id: 'departement',
                header: t.departement,
                from: 'medium',
                cell: (line) =>
                  departements.find(({ id: known }) => known === line.compte.departementId)?.nom ?? '—',
              },
            ]}
          />
        </Card>
      </Stack>
    </>
  );
}

/** The sheet of passwords as a file inside the page: it is stored nowhere. */
function sheetHref(t: ReturnType<typeof utilisateursTexts>, comptes: readonly CompteImporte[]): string {
  const colonnes = [t.nomComplet, t.identifiant, t.email, t.motDePasse].map((label) => ({
    label,
    width: 20,
    type: 'texte' as const,
  }));
  const lignes = comptes.map(({ nomComplet, username, email, motDePasse }) => [
    nomComplet,
    username,
    email,
    motDePasse,
  ]);
  const csv = Buffer.from(tableCsv({ colonnes, lignes }), 'utf8').toString('base64');
  return `data:text/csv;charset=utf-8;base64,${csv}`;
}

/** The accounts that were added, with their passwords of one use, this once. */
export function SheetView({ comptes }: { comptes: readonly CompteImporte[] }) {
  const lang = useLang();
  const t = useTextes(utilisateursTexts);
  return (
    <>
      <PageHeader title={t.importFeuille} crumbs={[{ label: t.titre, href: LIST }]} />
      <Stack>
        <Alert
          tone="success"
          title={fill(comptes.length === 1 ? t.importFait_un : t.importFait_autre, {
            n: formatNumber(lang, comptes.length),
          })}
        >
          {t.importFeuilleTexte}
        </Alert>
        <Actions>
          <LinkButton
            href={sheetHref(t, comptes)}
            download={`${t.fichierFeuille}.csv`}
            icon="download"
            variant="primary"
          >
            {t.importTelecharger}
          </LinkButton>
          <LinkButton href={LIST} variant="quiet">
            {t.revenir}
          </LinkButton>
        </Actions>
        <Card flush>
          <DataTable
            caption={t.importFeuille}
            rows={comptes}
            rowKey={(compte) => compte.id}
            columns={[
              { id: 'nom', header: t.nomComplet, primary: true, cell: (compte) => compte.nomComplet },
              { id: 'identifiant', header: t.identifiant, cell: (compte) => compte.username },
              { id: 'email', header: t.email, cell: (compte) => compte.email },
              {
                id: 'motDePasse',
                header: t.motDePasse,
                kind: 'figure',
                cell: (compte) => <code>{compte.motDePasse}</code>,
              },
            ]}
          />
        </Card>
      </Stack>
    </>
  );
}
