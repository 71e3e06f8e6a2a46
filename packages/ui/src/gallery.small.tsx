import { Avatar } from './avatar.tsx';
import { Actions, Button, FormActions, LinkButton } from './buttons.tsx';
import { ConflictPanel } from './conflict.tsx';
import { BarChart } from './data.tsx';
import { Alert, Badge, EmptyState, Progress, StatusBadge } from './feedback.tsx';
import { STATUTS } from './gallery.data.ts';
import { Icon, ICON_NAMES } from './icons.tsx';
import { Card, Grid, Panel, Stack } from './layout.tsx';
import { QrCode } from './qr.tsx';

/** Charts, messages, buttons, badges, icons and what is shown where there is nothing. */
export function SmallSample() {
  return (
    <Stack>
      <Grid columns="two">
        <Card title="Arrivées par jour" icon="chart">
          <BarChart
            title="Arrivées par jour"
            data={[34, 58, 41, 86, 62, 12, 0, 47].map((value, i) => ({
              label: `${14 + i} nov.`,
              value,
              current: i === 7,
            }))}
          />
        </Card>
        <Card title="Messages">
          <Stack space={3}>
            <Alert tone="info" title="Brouillon repris">
              Vous aviez commencé cet enregistrement à 9 h 12.
            </Alert>
            <Alert
              tone="warning"
              title="Peut-être déjà enregistré"
              actions={
                <LinkButton href="/mail/3" size="small">
                  Comparer
                </LinkButton>
              }
            >
              Même expéditeur et même référence que le n° 008 912-26.
            </Alert>
            <Alert tone="danger">Le fichier n’est pas un PDF lisible. Rien n’a été enregistré.</Alert>
          </Stack>
        </Card>
      </Grid>
      <Card title="Boutons et mots">
        <Stack>
          <Actions>
            <Button type="button" variant="primary" icon="plus">
              Nouvelle arrivée
            </Button>
            <Button type="button" icon="download">
              Télécharger
            </Button>
            <Button
              type="button"
              variant="danger"
              icon="trash"
              confirm="Supprimer définitivement ce courrier ?"
            >
              Supprimer
            </Button>
            <Button type="button" variant="quiet" icon="print">
              Imprimer
            </Button>
            <Button type="button" variant="quiet" icon="copy" copy="008960-26" iconOnly>
              Copier le numéro
            </Button>
            <Button type="button" size="small" iconEnd="chevron-right">
              Suivant
            </Button>
            <Button type="button" disabled>
              Indisponible
            </Button>
          </Actions>
          <Actions>
            <Badge>Neutre</Badge>
            <Badge tone="accent">Copie SG</Badge>
            <Badge tone="success" icon="check">
              Vérifié
            </Badge>
            <Badge tone="warning" icon="clock">
              3 jours
            </Badge>
            <Badge tone="danger" icon="alert">
              En retard
            </Badge>
            {STATUTS.map(([label, couleur]) => (
              <StatusBadge key={label} label={label} couleur={couleur} />
            ))}
          </Actions>
          <FormActions icon="check" label="Enregistrer" back="/mail/1" backLabel="Revenir" />
          <ConflictPanel
            rows={[{ label: 'Objet', mine: 'Permis d’exploitation', theirs: 'Permis de recherches' }]}
          />
          <Actions>
            <span class="person">
              <Avatar name="Élodie KABONGO" />
              Élodie KABONGO
            </span>
            <Avatar name="Élodie KABONGO" size="large" />
          </Actions>
          <Progress label="Export de la liste" value={64} text="3 200 sur 5 000" />
          <Panel title="Numéro attribué">
            <span class="big-number">008960-26</span>
          </Panel>
          <ul class="cluster gallery-icons">
            {ICON_NAMES.map((name) => (
              <li key={name} title={name}>
                <Icon name={name} size={20} label={name} />
              </li>
            ))}
          </ul>
        </Stack>
      </Card>
      <Card title="Code QR">
        <QrCode text="GECLIC1 1/1 exemple" label="Code 1 sur 1" side={160} />
      </Card>
      <Card>
        <EmptyState
          icon="inbox-in"
          title="Aucun courrier arrivé aujourd’hui"
          text="Le premier enregistré apparaîtra ici, avec son numéro."
          action={
            <LinkButton href="/enregistrer" variant="primary" icon="plus">
              Enregistrer une arrivée
            </LinkButton>
          }
        />
      </Card>
    </Stack>
  );
}
