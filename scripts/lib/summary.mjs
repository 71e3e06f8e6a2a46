/**
 * Adds up reports of `vitest --reporter=json`. A file that failed as a whole (it did not load, a hook broke) without a
 * failed test of its own counts as one failure, so that no failure is left out of the sum.
 *
 * @param {object[]} reports parsed reports
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
export function sumReports(reports) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const report of reports) {
    sum.passed += report.numPassedTests ?? 0;
    sum.failed += report.numFailedTests ?? 0;
    sum.skipped += (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
    for (const file of report.testResults ?? []) {
      const hasFailedTest = (file.assertionResults ?? []).some(({ status }) => status === 'failed');
      if (file.status === 'failed' && !hasFailedTest) sum.failed += 1;
    }
  }
  return sum;
}

/**
 * The closing line of `npm test`.
 *
 * @param {{ passed: number, failed: number, skipped: number }} sum
 * @returns {string} `N passed, N failed` with `, N skipped` when there are any
 */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
