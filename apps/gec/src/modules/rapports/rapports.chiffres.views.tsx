import { fill, formatNumber, plural, type Lang } from '@gec/core';
import { BarChart, Card, DataTable, Grid, Stack, Stat } from '@gec/ui';
import { useTextes } from '../departements/departements.mots.views.tsx';
import type { Chiffres, ChiffresMois } from './rapports.schema.ts';
import { rapportsTexts } from './rapports.texts.ts';

const MOIS_COURT: Readonly<Record<Lang, string>> = { fr: 'fr-FR', en: 'en-GB' };

/** `nov.` for `2026-11`, with the year in January and at the beginning. */
function libelle(lang: Lang, mois: string, premier: boolean): string {
  const date = new Date(`${mois}-01T00:00:00Z`);
  const court = new Intl.DateTimeFormat(MOIS_COURT[lang], { month: 'short', timeZone: 'UTC' }).format(date);
  return premier || mois.endsWith('-01') ? `${court} ${mois.slice(2, 4)}` : court;
}

function barres(lang: Lang, mois: readonly ChiffresMois[], flux: 'arrivees' | 'departs') {
  return mois.map((un, at) => ({
    label: libelle(lang, un.mois, at === 0),
    value: un[flux],
    current: at === mois.length - 1,
  }));
}

/** What the letters that the person may read add up to. */
export function ChiffresCard(props: { lang: Lang; chiffres: Chiffres; statutTraite: string }) {
  const { lang, chiffres, statutTraite } = props;
  const t = useTextes(rapportsTexts);
  const { mois, departements, delai } = chiffres;
  if (mois.length === 0) return null;
  const somme = (flux: 'arrivees' | 'departs') => mois.reduce((sum, un) => sum + un[flux], 0);
  const n = mois.length;
  const jours = delai === null ? 0 : Math.round(delai.jours * 10) / 10;
  return (
    <Card title={t.chiffres} icon="chart" id="chiffres">
      <Stack>
        <Grid>
          <Stat label={fill(t.totalArrivees, { n })} value={somme('arrivees')} icon="inbox-in" />
          <Stat label={fill(t.totalDeparts, { n })} value={somme('departs')} icon="outbox" />
          {delai !== null && (
            <Stat
              label={t.delai}
              value={plural(lang, jours, t.delai_un, t.delai_autre)}
              icon="clock"
              hint={fill(t.delaiSur, { statut: statutTraite, n: formatNumber(lang, delai.courriers) })}
            />
          )}
        </Grid>
        <Grid columns="two">
          <div>
            <h3>{t.arriveesParMois}</h3>
            <BarChart title={t.arriveesParMois} data={barres(lang, mois, 'arrivees')} />
          </div>
          <div>
            <h3>{t.departsParMois}</h3>
            <BarChart title={t.departsParMois} data={barres(lang, mois, 'departs')} />
          </div>
        </Grid>
        <h3>{fill(t.parDepartement, { n })}</h3>
        <DataTable
          caption={fill(t.parDepartement, { n })}
          rows={departements}
          rowKey={(row) => row.departementId ?? 0}
          columns={[
            { id: 'nom', header: t.departement, cell: (row) => row.nom ?? t.sansDepartement },
            {
              id: 'arrivees',
              header: t.arrivees,
              kind: 'end',
              cell: (row) => formatNumber(lang, row.arrivees),
            },
            { id: 'departs', header: t.departs, kind: 'end', cell: (row) => formatNumber(lang, row.departs) },
          ]}
        />
      </Stack>
    </Card>
  );
}
