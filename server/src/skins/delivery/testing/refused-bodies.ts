/** Bodies of `POST /api/v1/ad-request` that are refused, and the field that the refusal names. */
export const REFUSED_BODIES: readonly (readonly [body: object, field: string])[] = [
  [{}, 'request_id'],
  [{ request_id: 'r' }, 'duration'],
  [{ request_id: '', duration: 30 }, 'request_id'],
  [{ request_id: 7, duration: 30 }, 'request_id'],
  [{ request_id: 'r', duration: 'long' }, 'duration'],
  [{ request_id: 'r', duration: -1, placement: 'main' }, 'duration'],
  [{ request_id: 'r', duration: 1e9, placement: 'main' }, 'duration'],
  [{ request_id: 'r', duration: 30, placement: {} }, 'placement'],
  [{ request_id: 'r', duration: 30, placement: 'main', vast_version: 4 }, 'vast_version'],
];
