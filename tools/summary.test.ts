import { describe, expect, it } from 'vitest';
import { addUp, namesOfFailed } from './summary.mjs';

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

describe('what failed', () => {
  it('is told with its first error, be it a test, a file or a check', () => {
    const failing = {
      name: 'a.test.ts',
      status: 'failed',
      message: '',
      assertionResults: [
        { status: 'passed', fullName: 'adds' },
        { status: 'failed', fullName: 'subtracts', failureMessages: ['expected 1 to be 2', 'and more'] },
      ],
    };
    const broken = { name: 'b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] };
    const fine = { name: 'c.test.ts', status: 'passed', message: '', assertionResults: [] };
    const tests = { numPassedTests: 1, testResults: [failing, broken, fine] };
    expect(namesOfFailed([tests, { passed: 5, failed: ['types'] }])).toEqual([
      'a.test.ts > subtracts\nexpected 1 to be 2',
      'b.test.ts\nno such module',
      'check types',
    ]);
  });

  it('is cut where a message goes on for pages', () => {
    const assertionResults = [{ status: 'failed', fullName: 'x', failureMessages: ['y'.repeat(10_000)] }];
    const [told] = namesOfFailed([
      { numPassedTests: 0, testResults: [{ name: 'a', status: 'failed', assertionResults }] },
    ]);
    expect(told?.length).toBeLessThan(2_000);
  });
});
