import { Field, Input } from '../../design/field.tsx';
import { Part } from './form-parts.tsx';
import type { PlacementDraft } from './placement-draft.ts';

/** Which files the player at the placement takes: a creative needs one that fits. */
export function MediaEditor({
  draft,
  problem,
  onChange,
}: {
  draft: PlacementDraft;
  problem: (field: string, remote?: string) => string | undefined;
  onChange: (change: Partial<PlacementDraft>) => void;
}) {
  return (
    <Part title="Files it takes">
      <div className="grid grid-cols-2 gap-3">
        <Field label="Media types" hint="Empty: any" error={problem('mimes', 'mimes')}>
          <Input
            value={draft.mimes}
            placeholder="video/mp4"
            onChange={(event) => onChange({ mimes: event.target.value })}
          />
        </Field>
        <Field
          label="Codecs"
          hint="Starts of the codec, such as avc1; empty: any"
          error={problem('codecs', 'codecs')}
        >
          <Input
            value={draft.codecs}
            placeholder="avc1, hvc1"
            onChange={(event) => onChange({ codecs: event.target.value })}
          />
        </Field>
        <Field label="Lowest bit rate" error={problem('minBitrate', 'minBitrateKbps')}>
          <Input
            inputMode="numeric"
            unit="kbit/s"
            value={draft.minBitrate}
            onChange={(event) => onChange({ minBitrate: event.target.value })}
          />
        </Field>
        <Field label="Highest bit rate" error={problem('maxBitrate', 'maxBitrateKbps')}>
          <Input
            inputMode="numeric"
            unit="kbit/s"
            value={draft.maxBitrate}
            onChange={(event) => onChange({ maxBitrate: event.target.value })}
          />
        </Field>
      </div>
    </Part>
  );
}
