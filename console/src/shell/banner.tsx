import type { SystemStatus } from '@cuepoint/contract';
import { Icon } from '../design/icon.tsx';
import { statusMap } from '../design/status-map.ts';

/** Names in words: "A", "A and B", "A, B and 3 more". */
function listNames(names: readonly string[], most = 3): string {
  if (names.length <= 1) return names[0] ?? '';
  if (names.length <= most) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** Over everything while something is simulated or demo data is loaded. It cannot be dismissed. */
export function Banner({ status, onDetails }: { status: SystemStatus; onDetails: () => void }) {
  const platforms = status.simulatedPlatforms;
  const simulated = platforms.length > 0;
  const names = listNames(platforms.map((platform) => platform.name));
  return (
    <div
      role="status"
      className="col-span-full flex items-center gap-2 overflow-hidden border-b border-dashed border-sim-line bg-sim-tint px-4 text-sm whitespace-nowrap text-fg-2"
    >
      <Icon of={statusMap.Simulated[1]} size="small" className="text-sim" />
      <b className="font-strong text-sim">{simulated ? 'Simulated partners' : 'Demo data'}</b>
      <span className="truncate">
        {simulated
          ? `${names} ${platforms.length === 1 ? 'answers' : 'answer'} from the local sandbox; ids and approvals from there are not real. Your own ad server is real.`
          : 'Campaigns marked as demo were loaded on first start and can be removed.'}
      </span>
      <button
        type="button"
        onClick={onDetails}
        className="link min-h-6 !text-sim max-wide:sr-only max-wide:focus:not-sr-only"
      >
        {simulated ? 'What is simulated' : 'About the demo data'}
      </button>
      {status.demo.loaded && (
        <span className="ml-auto text-fg-3 max-wide:hidden">
          Demo data{status.demo.seed === null ? '' : ` · seed ${status.demo.seed}`}
        </span>
      )}
    </div>
  );
}
