import type { ViewerErasure } from '@cuepoint/contract';
import type { StatusWord } from '../../design/status-map.ts';

export const viewerIdWords: Record<ViewerErasure['kind'], string> = {
  ifa: 'Advertising id of the device',
  supplied: "Publisher's own id (uid)",
  session: 'Viewing session (sid)',
};

export const erasureStates: Record<ViewerErasure['state'], readonly [StatusWord, as: string]> = {
  pending: ['Processing', 'In progress'],
  expiring: ['Scheduled', 'Erased, logs expire'],
  complete: ['Completed', 'Complete'],
};

type Place = ViewerErasure['places'][number];

export const placeWords: Record<Place['place'], string> = {
  database: 'Database',
  node_memory: 'Frequency caps and sessions at the nodes',
  archive: 'Archive of raw events',
  node_logs: 'Logs of the nodes',
  backups: 'Backups',
};

export const placeStates: Record<Place['state'], readonly [StatusWord, as: string]> = {
  pending: ['Processing', 'To be done'],
  erased: ['Completed', 'Erased'],
  expiring: ['Scheduled', 'Hidden, expires'],
  holds_none: ['Ready', 'Holds no viewer'],
};

/** What was found or forgotten in a place. */
export function placeRecords({ state, records }: Place): string {
  if (state === 'holds_none' || records === null) return '';
  return records === 1 ? '1 record' : `${records.toLocaleString('en-US')} records`;
}
