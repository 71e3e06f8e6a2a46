import { formatDateTime, type Lang } from '@gec/core';
import { Actions, Button, Card, DescriptionList, LinkButton, Stack } from '@gec/ui';
import { saisieTexts } from './courriers.saisie.texts.ts';
import type { Courrier } from './courriers.schema.ts';

/** The page after saving: the number as large as it is needed beside the paper, and what may come next. */
export function EnregistreView(props: {
  lang: Lang;
  courrier: Courrier;
  /** Names of its files, in order. */
  scans: readonly string[];
  fuseauHoraire: string;
  /** Address of the next letter's form. */
  suivant: string;
}) {
  const { lang, courrier, scans, fuseauHoraire, suivant } = props;
  const t = saisieTexts(lang);
  const arrivee = courrier.typeCourrier === 'ENTRANT';
  return (
    <Card>
      <Stack space={5}>
        <Stack space={2}>
          <h1 data-island="focus" tabIndex={-1} id="numero">
            <span class="muted">{t.enregistreSous}</span> <span class="big-number">{courrier.numero}</span>
          </h1>
          <p class="muted">{t.enregistreAide}</p>
        </Stack>
        <Actions>
          <LinkButton href={suivant} variant="primary" icon="plus" shortcut={arrivee ? 'n' : 'd'}>
            {arrivee ? t.suivantArrivee : t.suivantDepart}
          </LinkButton>
          <LinkButton href={`/mail/${courrier.id}/etiquette.pdf`} icon="print" target="_blank" rel="noopener">
            {t.etiquette}
          </LinkButton>
          <Button type="button" icon="copy" copy={courrier.numero}>
            {t.copierNumero}
          </Button>
          <LinkButton href={`/mail/${courrier.id}`} icon="eye">
            {t.ouvrir}
          </LinkButton>
        </Actions>
        <DescriptionList
          columns={2}
          items={[
            { term: t.objet, value: courrier.objet, full: true },
            { term: arrivee ? t.expediteur : t.destinataire, value: courrier.correspondant },
            { term: t.reference, value: courrier.numeroReference },
            {
              term: t.dateEnregistrement,
              value: formatDateTime(lang, courrier.dateEnregistrement, fuseauHoraire),
            },
            { term: t.scan, value: scans.join(', ') },
          ]}
        />
      </Stack>
    </Card>
  );
}
