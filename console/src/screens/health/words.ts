import type { DeliveryNodeHealth } from '@cuepoint/contract';
import { bytes, count } from '../../design/format/number.ts';
import type { StatusWord } from '../../design/status-map.ts';

interface Word {
  status: StatusWord;
  text: string;
}

export const nodeWord: Record<DeliveryNodeHealth['state'], Word> = {
  ready: { status: 'Serving', text: 'Serving' },
  not_ready: { status: 'Not serving', text: 'Not ready' },
  unreachable: { status: 'Failed', text: 'Does not answer' },
  unknown: { status: 'Not assessed', text: 'Not known' },
};

export const ingestionWord: Record<DeliveryNodeHealth['ingestion']['state'], Word> = {
  current: { status: 'Ready', text: 'Current' },
  behind: { status: 'Waiting', text: 'Behind' },
  failing: { status: 'Failed', text: 'Failing' },
  unknown: { status: 'Not assessed', text: 'Not known' },
};

/** "12 records, 4.1 kB"; null when it is not known. */
export function lagText({ lagRecords, hasMore, lagBytes }: DeliveryNodeHealth['ingestion']): string | null {
  if (lagRecords === null) return null;
  const records = `${hasMore ? 'more than ' : ''}${count(lagRecords)} ${lagRecords === 1 ? 'record' : 'records'}`;
  return lagBytes === null ? records : `${records}, ${bytes(lagBytes)}`;
}
