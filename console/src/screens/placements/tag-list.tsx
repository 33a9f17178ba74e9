import type { Placement } from '@cuepoint/contract';
import { Check, Copy } from 'lucide-react';
import { Button } from '../../design/button.tsx';
import { useCopy } from '../../design/use-copy.ts';

const kinds = [
  ['vast', 'VAST', 'one ad or a break, for a player'],
  ['vmap', 'VMAP', 'the breaks of a programme'],
  ['pod', 'Pod', 'a break as a list of ads, for a stitcher'],
  ['assetList', 'Asset list', 'HLS interstitials'],
] as const satisfies readonly (readonly [keyof Placement['tags'], string, string])[];

/** The addresses that ask this placement for ads, ready to be pasted. */
export function TagList({ placement }: { placement: Placement }) {
  return (
    <section aria-label="Tags" className="mb-3 flex flex-col gap-2">
      <h3>Tags</h3>
      {kinds.map(([kind, name, use]) => (
        <TagRow key={kind} name={name} use={use} address={placement.tags[kind]} />
      ))}
      <p className="text-sm text-fg-3">What stands in brackets the player fills.</p>
    </section>
  );
}

function TagRow({ name, use, address }: { name: string; use: string; address: string }) {
  const { copied, copy } = useCopy();
  return (
    <div>
      <div className="flex items-center gap-2 text-sm">
        <b className="font-medium">{name}</b>
        <span className="text-fg-3">{use}</span>
        <Button
          size="sm"
          look="quiet"
          icon={copied ? Check : Copy}
          className="ml-auto"
          aria-label={copied ? `${name} tag copied` : `Copy the ${name} tag`}
          onClick={() => copy(address)}
        />
      </div>
      <code
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        className="block overflow-x-auto rounded-md border border-line bg-sunken px-2 py-1 text-sm whitespace-nowrap"
      >
        {address}
      </code>
    </div>
  );
}
