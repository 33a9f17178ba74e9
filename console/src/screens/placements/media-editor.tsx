import { TextField } from '../../design/text-field.tsx';
import type { DraftPart } from '../../draft.ts';
import { Part } from './form-parts.tsx';
import type { PlacementDraft } from './placement-draft.ts';

/** Which files the player at the placement takes: a creative needs one that fits. */
export function MediaEditor({ draft, problem, onChange }: DraftPart<PlacementDraft>) {
  return (
    <Part title="Files it takes">
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="Media types"
          hint="Empty: any"
          error={problem('mimes', 'mimes')}
          value={draft.mimes}
          placeholder="video/mp4"
          onChange={(mimes) => onChange({ mimes })}
        />
        <TextField
          label="Codecs"
          hint="Starts of the codec, such as avc1; empty: any"
          error={problem('codecs', 'codecs')}
          value={draft.codecs}
          placeholder="avc1, hvc1"
          onChange={(codecs) => onChange({ codecs })}
        />
        <TextField
          label="Lowest bit rate"
          error={problem('minBitrate', 'minBitrateKbps')}
          inputMode="numeric"
          unit="kbit/s"
          value={draft.minBitrate}
          onChange={(minBitrate) => onChange({ minBitrate })}
        />
        <TextField
          label="Highest bit rate"
          error={problem('maxBitrate', 'maxBitrateKbps')}
          inputMode="numeric"
          unit="kbit/s"
          value={draft.maxBitrate}
          onChange={(maxBitrate) => onChange({ maxBitrate })}
        />
      </div>
    </Part>
  );
}
