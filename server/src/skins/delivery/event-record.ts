import type { EventRecord } from '../../kernel/delivery-protocol.ts';

const orNull = (id: string | null): string => (id === null ? 'null' : `"${id}"`);

/**
 * An `EventRecord` as the log keeps it, in JSON of ASCII characters: put together by hand for every pixel, since ids,
 * currencies and everything else in it hold nothing that JSON would escape.
 */
export function eventText(record: EventRecord): string {
  const { event, at, decisionId, position, accountId, lineItemId, creativeId, spendMicros, source } = record;
  return `{"type":"event","event":"${event}","at":"${at}","decisionId":"${decisionId}","position":${position},"accountId":"${accountId}","campaignId":${orNull(record.campaignId)},"lineItemId":"${lineItemId}","flightId":${orNull(record.flightId)},"creativeId":"${creativeId}","placementId":${orNull(record.placementId)},"spendMicros":${spendMicros},"currency":${orNull(record.currency)},"source":"${source}","duplicate":${record.duplicate},"late":${record.late},"unbilled":${orNull(record.unbilled)},"errorCode":${record.errorCode},"invalid":${orNull(record.invalid)}${viewerText(record)}}`;
}

/** What is not known is left out: its reader takes it for unknown. */
function viewerText({ country, deviceType, identity, identityKind }: EventRecord): string {
  const place = country === '' ? '' : `,"country":"${country}"`;
  const device = deviceType === '' ? '' : `,"deviceType":"${deviceType}"`;
  if (identity === null) return place + device;
  return `${place}${device},"identity":"${identity}","identityKind":"${identityKind}"`;
}
