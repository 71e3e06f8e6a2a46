import { AppError } from '@gec/core';
import { redirectAfterPost, setFlash } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { idParam } from './courriers.api.schema.ts';
import { carry, readProvenance, type Provenance } from './courriers.lettre.provenance.ts';

/** `/mail/{id}…` of every page of a letter. */
export const lettreParams = z.object({ id: idParam });

/** Place of the rail that is lit for a letter of a flow. */
export const ACTIVE = { ENTRANT: 'arrivees', SORTANT: 'departs' } as const;

/** Where the reader came from. */
export function provenanceOf(request: FastifyRequest): Provenance {
  return readProvenance(request.query as Record<string, unknown>, request.lang);
}

/** Goes to the letter after something was done with it, keeping the way back. */
export function toLetter(request: FastifyRequest, reply: FastifyReply, id: number, hash = ''): FastifyReply {
  return redirectAfterPost(reply, `/mail/${id}${carry(provenanceOf(request))}${hash}`);
}

/** Whether an error is a refusal that the page can show beside what was typed. */
export function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && (error.kind === 'invalid' || error.kind === 'conflict');
}

/**
 * Answers a form that has no page of its own to come back to: the letter again, with the refusal as its message.
 *
 * @throws what is no refusal
 */
export function refuseOnLetter(
  request: FastifyRequest,
  reply: FastifyReply,
  id: number,
  error: unknown,
): FastifyReply {
  if (!isRefusal(error)) throw error;
  setFlash(reply, { tone: 'danger', text: error.message });
  return toLetter(request, reply, id);
}
