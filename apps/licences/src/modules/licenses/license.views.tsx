import { fill, formatDateTime, type FieldError } from '@gec/core';
import {
  Actions,
  Alert,
  Button,
  Card,
  DescriptionList,
  EmptyState,
  ErrorSummary,
  Field,
  Form,
  Grid,
  PageHeader,
  Stack,
  TextInput,
  Timeline,
  useLang,
  type TimelineItem,
} from '@gec/ui';
import type { License } from './licenses.schema.ts';
import { licensesTexts } from './licenses.texts.ts';
import { ChangeForms, RevealedKey, type TypedChange } from './changes.views.tsx';
import { LicenseBadge } from './licenses.views.tsx';

/** An installation as the page shows it. Instants are ISO 8601, UTC. */
export interface ShownActivation {
  readonly id: number;
  readonly fingerprint: string;
  readonly installation: string;
  readonly hasKey: boolean;
  readonly activatedAt: string;
  readonly expiresAt: string;
  readonly leaseExpiresAt: string;
  readonly lastSyncAt: string | null;
  readonly releasedAt: string | null;
  readonly ip: string;
  readonly clientInfo: string | null;
  readonly reviewUntil: string | null;
}

function Installation({ activation }: { activation: ShownActivation }) {
  const lang = useLang();
  const t = licensesTexts(lang);
  const when = (instant: string | null) => (instant === null ? t.never : formatDateTime(lang, instant));
  return (
    <DescriptionList
      columns={2}
      items={[
        { term: t.fingerprint, value: activation.fingerprint, full: true },
        {
          term: t.installationKey,
          value: activation.hasKey ? activation.installation : t.noInstallationKey,
          full: true,
        },
        { term: t.activated, value: when(activation.activatedAt) },
        { term: t.expires, value: when(activation.expiresAt) },
        { term: t.lastSync, value: when(activation.lastSyncAt) },
        { term: t.lease, value: when(activation.leaseExpiresAt) },
        { term: t.address, value: activation.ip },
        { term: t.client, value: activation.clientInfo },
        ...(activation.releasedAt === null ? [] : [{ term: t.released, value: when(activation.releasedAt) }]),
      ]}
    />
  );
}

/** A large change of the fingerprint waits: the two decisions, in their own words. */
function ReviewCard(props: {
  csrfToken: string;
  href: string;
  until: string;
  errors: readonly FieldError[];
  typed: TypedChange;
}) {
  const lang = useLang();
  const t = licensesTexts(lang);
  const { csrfToken, href, until, errors, typed } = props;
  const error = errors.find(({ field }) => field === 'review-reason')?.message;
  return (
    <Card title={t.reviewTitle} icon="shield">
      <Stack>
        <Alert tone="warning">{fill(t.review, { date: formatDateTime(lang, until) })}</Alert>
        <Grid columns="two">
          <Form action={`${href}/examen/accepter`} csrfToken={csrfToken} class="stack stack-3">
            <p>{t.acceptHelp}</p>
            <Actions>
              <Button variant="primary" icon="check">
                {t.acceptReview}
              </Button>
            </Actions>
          </Form>
          <Form
            action={`${href}/examen/refuser`}
            csrfToken={csrfToken}
            confirm={t.refuseReviewAsk}
            class="stack stack-3"
          >
            <p>{t.refuseHelp}</p>
            <Field id="review-reason" label={t.reason} error={error} required>
              <TextInput name="reason" value={typed['review-reason'] ?? ''} maxLength={300} />
            </Field>
            <Actions>
              <Button variant="danger" icon="lock">
                {t.refuseReview}
              </Button>
            </Actions>
          </Form>
        </Grid>
      </Stack>
    </Card>
  );
}

/** One licence: what it is, where it is installed, what happened to it, what may be done. */
export function LicenseView(props: {
  csrfToken: string;
  license: License;
  revealed: string | null;
  activations: readonly ShownActivation[];
  history: readonly TimelineItem[];
  errors: readonly FieldError[];
  typed: TypedChange;
  now: Date;
}) {
  const lang = useLang();
  const t = licensesTexts(lang);
  const { csrfToken, license, activations, errors, typed, now } = props;
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  const href = `/licences/${license.id}`;
  const current = activations.find(({ releasedAt }) => releasedAt === null);
  const former = activations.filter(({ releasedAt }) => releasedAt !== null);
  const extension =
    license.extensionDays === 0 ? '' : ` (${fill(t.extension, { n: license.extensionDays })})`;
  return (
    <>
      <PageHeader
        title={fill(t.license, { hint: license.keyHint })}
        subtitle={<LicenseBadge license={license} now={now} />}
        crumbs={[{ label: t.licenses, href: '/licences' }, { label: `•••• ${license.keyHint}` }]}
      />
      <ErrorSummary errors={errors} />
      {current?.reviewUntil && <ReviewCard {...props} href={href} until={current.reviewUntil} />}
      <Grid columns="aside">
        <Stack>
          <Card title={t.facts} icon="key">
            <Stack>
              {props.revealed !== null && <RevealedKey value={props.revealed} />}
              <DescriptionList
                columns={2}
                items={[
                  { term: t.type, value: license.durationLabel },
                  {
                    term: t.duration,
                    value: `${fill(t.durationDays, { n: license.durationDays })}${extension}`,
                  },
                  { term: t.owner, value: license.owner },
                  {
                    term: t.batch,
                    value: license.batchId && <a href={`/lots/${license.batchId}`}>{license.batchId}</a>,
                  },
                  { term: t.madeOn, value: formatDateTime(lang, license.createdDate) },
                  { term: t.usedOn, value: license.usedDate && formatDateTime(lang, license.usedDate) },
                  { term: t.expires, value: license.expiresAt && formatDateTime(lang, license.expiresAt) },
                  { term: t.certificateNumber, value: String(license.seq) },
                  { term: t.stateReason, value: license.stateReason },
                  { term: t.publicId, value: license.publicId, full: true },
                ]}
              />
              {props.revealed === null && (
                <Form action={`${href}/cle`} csrfToken={csrfToken}>
                  <Button icon="eye">{t.reveal}</Button>
                </Form>
              )}
            </Stack>
          </Card>
          <Card title={t.installation} icon="building">
            {current ? (
              <Installation activation={current} />
            ) : (
              <EmptyState icon="building" title={t.noInstallation} />
            )}
          </Card>
          {former.map((activation) => (
            <Card key={activation.id} title={t.installations} icon="clock">
              <Installation activation={activation} />
            </Card>
          ))}
        </Stack>
        <Stack>
          {license.state !== 'revoked' && (
            <Card title={t.actions} icon="settings">
              <Stack space={5}>
                <ChangeForms
                  csrfToken={csrfToken}
                  action={href}
                  errors={errors}
                  typed={typed}
                  canSuspend={license.state === 'active' && license.isActive}
                  canReactivate={license.state === 'suspended' || !license.isActive}
                />
                {current && (
                  <Form action={`${href}/liberer`} csrfToken={csrfToken} class="stack stack-3">
                    <h3>{t.releaseTitle}</h3>
                    <Field id="release-reason" label={t.reason} error={errorOf('release-reason')}>
                      <TextInput name="reason" value={typed['release-reason'] ?? ''} maxLength={300} />
                    </Field>
                    <Button icon="send" confirm={t.releaseAsk}>
                      {t.release}
                    </Button>
                  </Form>
                )}
              </Stack>
            </Card>
          )}
          <Card title={t.history} icon="journal">
            <Timeline items={props.history} />
          </Card>
        </Stack>
      </Grid>
    </>
  );
}
