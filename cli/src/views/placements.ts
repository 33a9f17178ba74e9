import type { Page, Placement } from '@cuepoint/contract';
import { pairs } from '../output/pairs.ts';
import { formatMicros, renderOutput } from '../output/render.ts';
import { table } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';

const seconds = (ms: number): string => `${ms / 1000} s`;

export function placementListView(page: Page<Placement>, terminal: Terminal): string {
  if (terminal.plain || page.items.length === 0) return renderOutput(page, { wide: true });
  const rows = page.items.map((placement) => [
    placement.id,
    placement.key,
    placement.name,
    placement.position,
    placement.pod === null ? 'one ad' : `${placement.pod.kind}, up to ${placement.pod.maxAds}`,
    placement.status,
    `${placement.floorCurrency} ${formatMicros(placement.floorCpmMicros)}`,
  ]);
  const more = page.nextCursor
    ? `\n${page.items.length} of ${page.total}; next page: --cursor ${page.nextCursor}`
    : '';
  return `${table([['ID', 'Key', 'Name', 'Position', 'Break', 'Status', 'Floor'], ...rows], [6])}${more}`;
}

export function placementView(placement: Placement): string {
  const list = (values: readonly string[], none: string) => values.join(', ') || none;
  return pairs({
    placement: `${placement.name} (${placement.id})`,
    key: `${placement.key}${placement.isDefault ? ', default of the account' : ''}`,
    publisher: `${placement.publisherName}${placement.appName === null ? '' : `, ${placement.appName}`}`,
    position: `${placement.position}, ${placement.status}${placement.archived ? ', archived' : ''}`,
    length:
      placement.exactDurationsMs.length > 0
        ? placement.exactDurationsMs.map(seconds).join(', ')
        : `${seconds(placement.minDurationMs)} to ${seconds(placement.maxDurationMs)}`,
    break: placement.pod === null ? 'one ad at a time' : JSON.stringify(placement.pod),
    floor: floors(placement),
    files: files(placement),
    blocked: list(
      [
        ...placement.blockedCategories,
        ...placement.blockedDomains,
        ...placement.blockedBrands,
        ...placement.blockedMedia,
      ],
      'nothing',
    ),
    hosts: list(placement.hosts, 'none'),
    clearance: placement.clearance ?? 'none asked',
    VAST: placement.tags.vast,
    VMAP: placement.tags.vmap,
    'JSON pod': placement.tags.pod,
    'asset list': placement.tags.assetList,
    version: String(placement.version),
  });
}

function floors({ floorCurrency, floorCpmMicros, minCpmPerSecondMicros, durationFloors }: Placement): string {
  const money = (micros: number) => `${floorCurrency} ${formatMicros(micros)}`;
  return [
    `${money(floorCpmMicros)} CPM`,
    ...durationFloors.map(
      (floor) =>
        `${money(floor.floorCpmMicros)} from ${seconds(floor.minDurationMs)} to ${seconds(floor.maxDurationMs)}`,
    ),
    ...(minCpmPerSecondMicros > 0 ? [`${money(minCpmPerSecondMicros)} for each second`] : []),
  ].join('; ');
}

function files({ mimes, codecs, minBitrateKbps, maxBitrateKbps }: Placement): string {
  return `${mimes.join(', ') || 'any type'}; ${codecs.join(', ') || 'any codec'}; ${minBitrateKbps} to ${maxBitrateKbps} kbit/s`;
}
