import type { ViewerErasure } from '@cuepoint/contract';
import { DateTime } from '../../design/date-time.tsx';
import { Status } from '../../design/status.tsx';
import { placeRecords, placeStates, placeWords } from './words.ts';

/** Place by place: what was there, and what has become of it. */
export function ErasurePlaces({ erasure }: { erasure: Pick<ViewerErasure, 'places' | 'goneBy' | 'goneAt'> }) {
  const { places, goneBy, goneAt } = erasure;
  return (
    <div className="flex flex-col gap-2 text-sm">
      <ul aria-label="Places" className="flex flex-col gap-1.5">
        {places.map((one) => {
          const [word, as] = placeStates[one.state];
          return (
            <li key={one.place} className="flex flex-wrap items-baseline gap-x-2">
              <span className="min-w-0 flex-1">{placeWords[one.place]}</span>
              <span className="text-fg-3">{placeRecords(one)}</span>
              <Status word={word} as={as} />
              {one.problem && <span className="w-full text-warn">{one.problem}</span>}
            </li>
          );
        })}
      </ul>
      <p className="text-fg-2">
        {goneAt === null ? (
          <>
            The last trace is gone by <DateTime at={goneBy} />, when the logs have expired.
          </>
        ) : (
          <>
            The last trace was gone <DateTime at={goneAt} />.
          </>
        )}
      </p>
    </div>
  );
}
