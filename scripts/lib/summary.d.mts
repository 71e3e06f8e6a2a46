export interface Sum {
  passed: number;
  failed: number;
  skipped: number;
}
/** Adds up reports of `vitest --reporter=json`. */
export function sumReports(reports: readonly object[]): Sum;
/** `N passed, N failed`, with `, N skipped` when there are any. */
export function closingLine(sum: Sum): string;
