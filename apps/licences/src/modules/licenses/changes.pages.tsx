import { AppError, fill, plural, type FieldError } from '@gec/core';
import { describeError, redirectAfterPost, setFlash } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { adminOf } from '../../http/page.tsx';
import type { TypedChange } from './changes.views.tsx';
import type { LicenseTarget } from './licenses.schema.ts';
import type { LicensesService } from './licenses.service.ts';
import { licensesTexts } from './licenses.texts.ts';

const session = { config: { permission: 'session' as const } };
/** The number of a licence or batch in an address. */
export const idParams = z.object({ id: z.coerce.number().int().min(1) });
/** A field of a form: missing or sent twice, it is empty, and refused with our own words. */
export const formText = z.preprocess(
  (value) => (typeof value === 'string' ? value : ''),
  z.string().max(2_000),
);
/** A form that asks for a reason alone. */
export const reasonForm = z.object({ reason: formText });
const stateForm = z.object({ state: z.enum(['active', 'suspended', 'revoked']), reason: formText });
const extendForm = z.object({ days: formText, reason: formText });

/** Why a form was refused, with what was typed into it. */
export interface Refused {
  readonly errors: readonly FieldError[];
  readonly typed: TypedChange;
  readonly status: number;
}

/** Shows the page of a licence or batch, once more where a form of it was refused. */
export type Show = (
  request: FastifyRequest,
  reply: FastifyReply,
  id: number,
  refused?: Refused,
) => Promise<FastifyReply>;

/**
 * Shows a page again with why its form was refused and what was typed; other errors go their way.
 *
 * @param rename ids of the form's fields on the page, where the service calls them otherwise
 */
export async function orShow(
  request: FastifyRequest,
  error: unknown,
  typed: TypedChange,
  show: (refused: Refused) => Promise<FastifyReply>,
  rename: Readonly<Record<string, string>> = {},
): Promise<FastifyReply> {
  if (!(error instanceof AppError) || error.kind === 'not-found') throw error;
  const { status } = describeError(error, request);
  const errors = error.fields.length > 0 ? error.fields : [{ field: 'reason', message: error.message }];
  return show({
    errors: errors.map(({ field, message }) => ({ field: rename[field] ?? field, message })),
    typed,
    status,
  });
}

/** The forms that change one licence or a batch: state and extension. */
export function registerChanges(
  app: App,
  licenses: LicensesService,
  base: '/licences' | '/lots',
  targetOf: (id: number) => LicenseTarget,
  show: Show,
): void {
  const done = (request: FastifyRequest, reply: FastifyReply, id: number, text: string): FastifyReply => {
    setFlash(reply, { tone: 'success', text });
    return redirectAfterPost(reply, `${base}/${id}`);
  };

  app.post(
    `${base}/:id/etat`,
    { ...session, schema: { params: idParams, body: stateForm } },
    async (request, reply) => {
      const { id } = request.params;
      const t = licensesTexts(request.lang);
      try {
        const { state, reason } = request.body;
        const n = await licenses.changeState(adminOf(request), targetOf(id), state, reason || null);
        const text =
          base === '/lots' ? plural(request.lang, n, t.changed_one, t.changed_other) : t.stateChanged;
        return done(request, reply, id, text);
      } catch (error) {
        return orShow(request, error, { reason: request.body.reason }, (refused) =>
          show(request, reply, id, refused),
        );
      }
    },
  );

  app.post(
    `${base}/:id/prolonger`,
    { ...session, schema: { params: idParams, body: extendForm } },
    async (request, reply) => {
      const { id } = request.params;
      const t = licensesTexts(request.lang);
      try {
        const days = Number(request.body.days);
        const n = await licenses.extend(adminOf(request), targetOf(id), days, request.body.reason);
        const text =
          base === '/lots'
            ? plural(request.lang, n, t.changed_one, t.changed_other)
            : fill(t.extended, { n: days });
        return done(request, reply, id, text);
      } catch (error) {
        const { days, reason } = request.body;
        return orShow(
          request,
          error,
          { days, 'extend-reason': reason },
          (refused) => show(request, reply, id, refused),
          { reason: 'extend-reason' },
        );
      }
    },
  );
}
