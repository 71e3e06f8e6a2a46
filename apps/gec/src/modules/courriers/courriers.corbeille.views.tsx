import { fill, formatDate, formatDateTime, type Lang } from '@gec/core';
import {
  Actions,
  Button,
  Card,
  DataTable,
  EmptyState,
  Form,
  LinkButton,
  PageHeader,
  Pagination,
  Stack,
} from '@gec/ui';
import { lettreTexts } from './courriers.lettre.texts.ts';
import type { Courrier } from './courriers.schema.ts';

export interface CorbeilleProps {
  lang: Lang;
  csrfToken: string;
  courriers: readonly Courrier[];
  total: number;
  page: number;
  pageSize: number;
  fuseauHoraire: string;
}

/** The deleted letters, with what may still be done with each. */
export function CorbeilleView(props: CorbeilleProps) {
  const { lang, csrfToken, courriers, total, page, pageSize, fuseauHoraire } = props;
  const t = lettreTexts(lang);
  return (
    <Stack>
      <PageHeader title={t.corbeilleTitre} subtitle={t.corbeilleTexte} />
      <Card flush>
        <DataTable
          caption={t.corbeilleTitre}
          rows={courriers}
          rowKey={({ id }) => id}
          rowHref={({ id }) => `/mail/${id}`}
          empty={
            <EmptyState
              icon="trash"
              title={t.corbeilleVide}
              text={t.corbeilleVideTexte}
              action={<LinkButton href="/view_mail">{t.ouvrirRegistre}</LinkButton>}
            />
          }
          columns={[
            { id: 'numero', header: t.colNumero, kind: 'figure', cell: ({ numero }) => numero },
            { id: 'objet', header: t.colObjet, primary: true, cell: ({ objet }) => objet },
            { id: 'correspondant', header: t.colCorrespondant, cell: ({ correspondant }) => correspondant },
            {
              id: 'enregistre',
              header: t.colEnregistre,
              kind: 'figure',
              from: 'wide',
              cell: ({ dateEnregistrement }) => formatDate(lang, dateEnregistrement, fuseauHoraire),
            },
            {
              id: 'supprime',
              header: t.colSupprime,
              kind: 'figure',
              cell: ({ deletedAt }) => (deletedAt ? formatDateTime(lang, deletedAt, fuseauHoraire) : ''),
            },
            {
              id: 'actions',
              header: t.colActions,
              cell: ({ id, numero, droits }) => (
                <Actions align="end">
                  {droits.restaurer && (
                    <Form action={`/mail/${id}/restaurer`} csrfToken={csrfToken}>
                      <Button size="small" icon="restore" label={fill(t.restaurerNumero, { numero })}>
                        {t.restaurer}
                      </Button>
                    </Form>
                  )}
                  {droits.detruire && (
                    <LinkButton
                      href={`/mail/${id}/detruire`}
                      size="small"
                      variant="danger"
                      icon="trash"
                      label={fill(t.detruireNumeroAction, { numero })}
                    >
                      {t.detruire}
                    </LinkButton>
                  )}
                </Actions>
              ),
            },
          ]}
        />
      </Card>
      <Pagination
        page={page}
        pageSize={pageSize}
        total={total}
        hrefFor={(to) => (to === 1 ? '/corbeille' : `/corbeille?page=${to}`)}
      />
    </Stack>
  );
}
