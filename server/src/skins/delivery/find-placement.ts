import type { SnapshotPlacement } from '../../kernel/delivery-protocol.ts';
import type { RequestParams } from './faces/params.ts';
import { hostName } from './http.ts';
import type { PlayerRequest } from './listener/exchange.ts';
import { DeliveryError } from './problems.ts';
import type { FaceState } from './served.ts';

const ACCEPTED = 'a placement key, placement id or publisher key';

/**
 * The placement a request means: `pl`, else the default one of the publisher `pub`, else the one that names the host,
 * else the only default there is. Throws `placement.not_found`.
 */
export function findPlacement(
  request: PlayerRequest,
  { placements }: FaceState,
  params: RequestParams,
): SnapshotPlacement {
  const key = params.get('pl');
  if (key !== null) {
    const placement = placements.byKey(key) ?? placements.byPublisher(key);
    if (placement) return placement;
    throw unknown(params.fieldOf('pl'), key, ACCEPTED);
  }
  const publisher = params.get('pub');
  if (publisher !== null) {
    const placement = placements.byPublisher(publisher);
    if (placement) return placement;
    throw unknown(
      params.fieldOf('pub'),
      publisher,
      'the publisher key of an account with a default placement',
    );
  }
  const host = hostName(request);
  const placement = placements.byHost(host) ?? placements.only;
  if (placement) return placement;
  const field = params.isJson ? 'placement' : 'pl';
  throw new DeliveryError(
    'placement.not_found',
    `No ${field} was given, and no placement names the host "${host.slice(0, 100)}".`,
    { fields: [{ field, message: `${field} is missing`, accepted: ACCEPTED }] },
  );
}

function unknown(field: string, key: string, accepted: string): DeliveryError {
  const value = key.slice(0, 100);
  return new DeliveryError(
    'placement.not_found',
    `${field} is ${JSON.stringify(value)}, which names no placement.`,
    { fields: [{ field, message: 'names no placement', value, accepted }] },
  );
}
