import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take half a minute or more, longest first: begun last, one of them would keep a core waiting for it. Those
 * that mostly wait come before, beside the first, whose installation makes its spots with more than one core meanwhile.
 */
const SLOW = [
  'e2e/journeys.test.ts',
  'server/src/modules/trafficking/trafficking.sandbox.test.ts',
  'server/src/platform/queue/queue.test.ts',
  'cli/src/demo/demo.test.ts',
  'cli/src/installation.test.ts',
  'server/src/skins/every-operation.test.ts',
  'server/src/processes/installation.test.ts',
  'media/src/assemble/assemble-spot.test.ts',
  'server/src/modules/studio/generate.sandbox.test.ts',
  'server/src/modules/creatives/packaging.test.ts',
  'server/src/modules/creatives/lifecycle.test.ts',
  'server/src/modules/demo/reasons.test.ts',
  'server/src/modules/demo/demo.test.ts',
];

/**
 * Runs the slowest test files first, and last those that share a process: they are short, so both cores end together,
 * and only neighbours can share one. The rest as vitest would.
 */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification) => {
      if (!project.config.isolate) return SLOW.length + 1;
      const at = SLOW.findIndex((name) => moduleId.endsWith(`/${name}`));
      return at < 0 ? SLOW.length : at;
    };
    const sorted = await super.sort(files);
    return sorted.sort((left, right) => place(left) - place(right));
  }
}
