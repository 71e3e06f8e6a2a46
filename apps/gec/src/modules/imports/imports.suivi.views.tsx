import { fill, formatNumber, type Lang } from '@gec/core';
import { Actions, Button, Card, Form, LinkButton, Progress, Stack } from '@gec/ui';
import type { MotsImports } from './imports.liste.ts';
import type { SuiviImport } from './imports.suivi.schema.ts';
import { importsTexts } from './imports.texts.ts';

/** Whether an import goes on by itself. */
export const enRoute = ({ etat }: Pick<SuiviImport, 'etat'>): boolean =>
  etat === 'RECEPTION' || etat === 'DEPOSE' || etat === 'EN_COURS';

interface Props {
  lang: Lang;
  /** Address of the list that it is in. */
  base: string;
  one: SuiviImport;
}

/** How far an import has come that goes on by itself. */
export function Avancement({ lang, base, one, mots }: Props & { mots: MotsImports }) {
  const t = importsTexts(lang);
  const { fait, total } = one;
  const connu = total > 0;
  const counts = { fait: formatNumber(lang, fait), total: formatNumber(lang, total) };
  if (!enRoute(one)) return null;
  return (
    <Card title={mots[`etat_${one.etat}`]} icon="refresh">
      <Stack space={3}>
        <Progress
          label={one.nom}
          value={connu ? fait : undefined}
          max={connu ? total : undefined}
          text={connu ? fill(t.avance, counts) : undefined}
        />
        <Actions>
          <LinkButton href={`${base}/${one.id}`} icon="refresh">
            {t.actualiser}
          </LinkButton>
        </Actions>
      </Stack>
    </Card>
  );
}

/** The button that ends an import which is not over. */
export function Arret({
  lang,
  base,
  one,
  csrfToken,
  question,
}: Props & { csrfToken: string; question: string }) {
  if (!enRoute(one) && one.etat !== 'PRET') return null;
  return (
    <Form action={`${base}/${one.id}/annuler`} csrfToken={csrfToken} confirm={question}>
      <Button variant="quiet" icon="x">
        {importsTexts(lang).arreter}
      </Button>
    </Form>
  );
}
