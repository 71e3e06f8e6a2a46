import { Actions, Button, LinkButton } from './buttons.tsx';
import { Checkbox, CheckboxGroup, ErrorSummary, RadioGroup } from './choices.tsx';
import { DateInput, Field, Form, Select, TextArea, TextInput } from './forms.tsx';
import { CORRESPONDANTS } from './gallery.data.ts';
import { Card, Stack } from './layout.tsx';
import { Combobox, FileDrop } from './pickers.tsx';

/** A form with every kind of field, some of them wrong. */
export function FormSample() {
  return (
    <Card title="Enregistrer une arrivée" icon="inbox-in">
      <Form action="/enregistrer" csrfToken="jeton" encType="multipart/form-data" guard>
        <Stack>
          <ErrorSummary
            errors={[
              { field: 'objet', message: 'L’objet est obligatoire.' },
              { field: 'scan', message: 'Le fichier n’est pas un PDF lisible.' },
            ]}
          />
          <FileDrop
            id="scan"
            name="fichier"
            label="Scan du courrier"
            required
            multiple
            capture
            accept=".pdf,image/*"
            maxBytes={16 * 1024 * 1024}
            hint="PDF, PNG, JPEG ou TIFF, 16 Mo au plus."
            error="Le fichier n’est pas un PDF lisible. Rien n’a été enregistré."
          />
          <Field id="objet" label="Objet" required error="L’objet est obligatoire.">
            <TextArea name="objet" rows={2} />
          </Field>
          <div class="form-grid">
            <Field
              id="expediteur"
              label="Expéditeur"
              required
              class="span-4"
              hint="Les correspondants connus se complètent ; Entrée prend."
            >
              <Combobox
                name="expediteur"
                source="/correspondants"
                options={CORRESPONDANTS}
                value="Division provinciale"
              />
            </Field>
            <Field id="reference" label="Référence" optional class="span-2">
              <TextInput name="numero_reference" placeholder="245/CAB/2026" />
            </Field>
            <Field id="date" label="Date du courrier" class="span-2">
              <DateInput name="date_redaction" value="2026-11-19" />
            </Field>
            <Field id="type" label="Type" class="span-2">
              <Select
                name="type"
                value="note"
                options={[
                  { value: 'lettre', label: 'Lettre officielle' },
                  { value: 'note', label: 'Note circulaire' },
                ]}
              />
            </Field>
            <RadioGroup
              id="sg"
              name="sg_copie"
              legend="Copie au Secrétaire Général"
              required
              value="oui"
              options={[
                { value: 'oui', label: 'Oui' },
                { value: 'non', label: 'Non' },
              ]}
            />
          </div>
          <CheckboxGroup
            id="types"
            name="types"
            legend="Types de fichiers"
            options={[
              { value: 'pdf', label: 'PDF' },
              { value: 'png', label: 'PNG' },
            ]}
            values={['pdf']}
            hint="Au moins un."
          />
          <Checkbox
            name="suivant"
            label="Enregistrer un autre courrier ensuite"
            checked
            hint="Ce qui reste pareil est repris."
          />
          <Actions>
            <Button variant="primary" icon="check">
              Enregistrer
            </Button>
            <Button variant="secondary">Garder en brouillon</Button>
            <LinkButton variant="quiet" href="/">
              Abandonner
            </LinkButton>
          </Actions>
        </Stack>
      </Form>
    </Card>
  );
}
