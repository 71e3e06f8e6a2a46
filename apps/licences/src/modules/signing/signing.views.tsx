import { formatDate } from '@gec/core';
import { Badge, Button, Card, DataTable, PageHeader, Stack, useLang } from '@gec/ui';
import { signingTexts } from './signing.texts.ts';

/** A key as the page shows it. Instants are ISO 8601, UTC. */
export interface ShownKey {
  readonly kid: string;
  readonly kind: 'root' | 'signing';
  readonly notBefore: string;
  readonly notAfter: string;
  readonly retiredAt: string | null;
  readonly revokedAt: string | null;
}

function State({ item }: { item: ShownKey }) {
  const t = signingTexts(useLang());
  if (item.revokedAt !== null) return <Badge tone="danger">{t.revoked}</Badge>;
  if (item.retiredAt !== null) return <Badge>{t.retired}</Badge>;
  return <Badge tone="success">{t.inForce}</Badge>;
}

/** The keys of the hierarchy, and what client programs need to know. */
export function KeysView({ keys, anchor }: { keys: readonly ShownKey[]; anchor: string }) {
  const lang = useLang();
  const t = signingTexts(lang);
  return (
    <>
      <PageHeader title={t.title} subtitle={t.subtitle} />
      <Stack>
        <Card flush>
          <DataTable
            caption={t.title}
            rows={keys}
            rowKey={(item) => item.kid}
            columns={[
              {
                id: 'kid',
                header: t.kid,
                primary: true,
                cell: (item) => <code>{item.kid.replace(/(.{22})/, '$1\u200B')}</code>,
              },
              { id: 'kind', header: t.kind, cell: (item) => t[`kind.${item.kind}`] },
              { id: 'state', header: t.state, cell: (item) => <State item={item} /> },
              {
                id: 'from',
                header: t.from,
                kind: 'figure',
                cell: (item) => formatDate(lang, item.notBefore),
              },
              {
                id: 'until',
                header: t.until,
                kind: 'figure',
                cell: (item) => formatDate(lang, item.notAfter),
              },
            ]}
          />
        </Card>
        <Card
          title={t.anchor}
          icon="shield"
          actions={
            <Button type="button" size="small" icon="copy" copy={anchor}>
              {t.copy}
            </Button>
          }
        >
          <p class="muted">{t.anchorText}</p>
          <pre tabIndex={0}>{anchor.replace(/(.{32})/g, '$1\n')}</pre>
        </Card>
        <Card title={t.commands} icon="settings">
          <pre tabIndex={0}>
            {
              'licences keys rotate \\\n  --root root-key.json\nlicences keys revoke <kid> \\\n  --root root-key.json'
            }
          </pre>
        </Card>
      </Stack>
    </>
  );
}
