import { expect, it } from 'vitest';
import { closingLine, sumReports } from './summary.mjs';

const report = (passed: number, failed: number, pending: number, testResults: object[] = []) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: pending,
  numTodoTests: 0,
  testResults,
});

it('adds up the reports of several runs', () => {
  expect(closingLine(sumReports([report(12, 0, 0), report(3, 0, 0)]))).toBe('15 passed, 0 failed');
  expect(closingLine(sumReports([report(12, 1, 2), report(3, 0, 1)]))).toBe('15 passed, 1 failed, 3 skipped');
  expect(closingLine(sumReports([]))).toBe('0 passed, 0 failed');
});

it('counts a file that did not load as a failure, and a failed test only once', () => {
  const unloaded = { status: 'failed', assertionResults: [] };
  const failed = { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] };
  expect(sumReports([report(1, 1, 0, [unloaded, failed])])).toEqual({ passed: 1, failed: 2, skipped: 0 });
});
