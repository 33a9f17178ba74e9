import { readFileSync } from 'node:fs';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

/** Where the time went, from a V8 CPU profile: the functions with most time of their own, in per cent of the busy time. */
export function profileSummary(path: string, top = 25): { name: string; share: number }[] {
  const profile = JSON.parse(readFileSync(path, 'utf8')) as {
    nodes: ProfileNode[];
    samples: number[];
    timeDeltas: number[];
  };
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const sums = new Map<string, number>();
  let busy = 0;
  profile.samples.forEach((id, index) => {
    const frame = byId.get(id)!.callFrame;
    const time = profile.timeDeltas[index] ?? 0;
    if (frame.functionName === '(idle)') return;
    busy += time;
    const file = frame.url.replace(/^.*\/(server|packages|node_modules)\//, '$1/');
    const name = `${frame.functionName || '(anonymous)'}${file ? ` ${file}:${frame.lineNumber + 1}` : ''}`;
    sums.set(name, (sums.get(name) ?? 0) + time);
  });
  return [...sums]
    .sort((left, right) => right[1] - left[1])
    .slice(0, top)
    .map(([name, time]) => ({ name, share: Math.round((time / busy) * 1000) / 10 }));
}
