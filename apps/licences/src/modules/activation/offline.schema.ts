import type { RequestStatement } from '@gec/licence-client';

/** What became of a request that was carried here. */
export interface OfflineAnswer {
  readonly kind: RequestStatement['kind'];
  readonly license: { readonly id: number; readonly hint: string } | null;
  /** Content of the `.geclic` file and the QR codes that make it; null after a deactivation. */
  readonly bundle: { readonly text: string; readonly codes: readonly string[] } | null;
}
