import { Actions, Button, LinkButton } from './buttons.tsx';
import { Change, DescriptionList, Timeline } from './data.tsx';
import { StatusBadge } from './feedback.tsx';
import { CORRESPONDANTS, OBJETS, pick } from './gallery.data.ts';
import { Card, Stack } from './layout.tsx';

/** A letter with its facts and its history. */
export function LetterSample() {
  return (
    <Stack>
      <Card
        title="008960-26"
        actions={<StatusBadge label="En cours" couleur="#ffd700" />}
        footer={
          <Actions>
            <Button variant="primary" icon="send" shortcut="t" type="button">
              Transmettre
            </Button>
            <LinkButton href="/mail/1/edit" icon="edit" shortcut="e">
              Modifier
            </LinkButton>
            <LinkButton href="#supprimer" dialog="supprimer" variant="danger" icon="trash">
              Mettre à la corbeille
            </LinkButton>
          </Actions>
        }
      >
        <DescriptionList
          items={[
            { term: 'Objet', value: pick(OBJETS, 0) },
            { term: 'Expéditeur', value: pick(CORRESPONDANTS, 0) },
            { term: 'Référence', value: '245/CAB/2026' },
            { term: 'Date du courrier', value: '19 nov. 2026' },
            { term: 'Autres informations', value: '' },
          ]}
        />
      </Card>
      <Card title="Historique" icon="clock">
        <Timeline
          items={[
            {
              id: '1',
              icon: 'send',
              who: 'Mireille Kalonji',
              when: '21 nov. 2026, 14 h 05',
              datetime: '2026-11-21T13:05:00Z',
              title: 'Transmis au Département Technique pour étude et avis',
            },
            {
              id: '2',
              icon: 'edit',
              who: 'Josué Ilunga',
              when: '21 nov. 2026, 10 h 40',
              title: 'Modifié',
              children: <Change field="Référence" from="254/CAB/2026" to="245/CAB/2026" />,
            },
            {
              id: '3',
              icon: 'inbox-in',
              who: 'Josué Ilunga',
              when: '21 nov. 2026, 10 h 32',
              title: 'Enregistré',
            },
          ]}
        />
      </Card>
    </Stack>
  );
}
