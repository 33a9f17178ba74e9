import { describe, expect, it } from 'vitest';
import { addUp } from './summary.mjs';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((one) => ({ status: one })),
});

describe('the sum of several runs', () => {
  it('adds test runs and checks', () => {
    const tests = {
      numPassedTests: 10,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 0,
      testResults: [file('failed', 'passed', 'failed'), file('passed', 'passed')],
    };
    expect(addUp([tests, { passed: 5, failed: ['types'] }])).toEqual({ passed: 15, failed: 2, skipped: 2 });
  });

  it('counts a file that could not be loaded', () => {
    const tests = {
      numPassedTests: 3,
      numFailedTests: 0,
      numPendingTests: 0,
      testResults: [file('failed'), file('passed', 'passed')],
    };
    expect(addUp([tests])).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });
});
