import { type InputOf, type LineItem, updateLineItem } from '@cuepoint/contract';
import { useState } from 'react';
import { useChange } from '../../api.ts';
import { readValues } from '../../delivery-words.ts';
import { Button } from '../../design/button.tsx';
import { Drawer } from '../../design/drawer.tsx';
import { Field, Input, Select } from '../../design/field.tsx';
import { moneyShort, parseMoney } from '../../design/format/money.ts';
import { fieldError, Problem } from '../../problem.tsx';
import { type CapDraft, CapsEditor, readCaps } from './caps-editor.tsx';
import { type DaypartDraft, DaypartsEditor, daypartDraft, readDayparts } from './dayparts-editor.tsx';
import { readCpm } from './list-table.tsx';
import { lineItemTypes } from './search.ts';
import { pacingWords, rotationWords, typeWords } from './words.ts';

type Change = Omit<InputOf<typeof updateLineItem>, 'lineItemId'>;

/** Everything of a line item but targeting, flights and creatives, which are changed where they stand. */
export function RulesDrawer({ lineItem, onClose }: { lineItem: LineItem; onClose: () => void }) {
  const [seen] = useState(lineItem);
  const [name, setName] = useState(seen.name);
  const [type, setType] = useState(seen.type);
  const [priority, setPriority] = useState(String(seen.priority));
  const [cpm, setCpm] = useState(moneyShort(seen.cpmMicros, seen.currency).replace(/^[^\d]+/, ''));
  const [pacing, setPacing] = useState(seen.pacing);
  const [rotation, setRotation] = useState(seen.rotation);
  const [caps, setCaps] = useState<CapDraft[]>(() =>
    seen.frequencyCaps.map((cap) => ({ ...cap, limit: String(cap.limit), count: String(cap.count) })),
  );
  const [dayparts, setDayparts] = useState<DaypartDraft[]>(() => seen.dayparts.map(daypartDraft));
  const [scope, setScope] = useState(seen.separation.scope);
  const [labels, setLabels] = useState(seen.separation.labels.join(', '));
  const save = useChange(updateLineItem, onClose);
  const badPriority = /^(?:[1-9]|1[0-6])$/.test(priority.trim())
    ? null
    : `“${priority}” is not accepted; give 1 (first) to 16 (last)`;
  const badCpm = readCpm(cpm);
  const readCap = readCaps(caps);
  const readHours = readDayparts(dayparts);
  const separation = { scope, labels: readValues(labels) };
  const badLabel = separation.labels.find((label) => !/^[a-z0-9][a-z0-9_-]{0,39}$/.test(label));
  const bad = Boolean(badPriority || badCpm || badLabel || !readCap || !readHours || name.trim() === '');
  const submit = () => {
    const cpmMicros = parseMoney(cpm);
    if (bad || cpmMicros === null || !readCap || !readHours) return;
    const wanted: Change = {
      name: name.trim(),
      type,
      priority: Number(priority),
      cpmMicros,
      pacing,
      rotation,
      frequencyCaps: readCap,
      dayparts: readHours,
      separation,
    };
    const changed = Object.fromEntries(
      (Object.keys(wanted) as (keyof Change)[])
        .filter((field) => JSON.stringify(wanted[field]) !== JSON.stringify(seen[field]))
        .map((field) => [field, wanted[field]]),
    );
    if (Object.keys(changed).length === 0) return onClose();
    save.mutate({ input: { lineItemId: seen.id, ...changed }, options: { ifMatch: seen.version } });
  };
  return (
    <Drawer
      open
      onClose={onClose}
      title={`Edit ${seen.name}`}
      foot={
        <>
          <Button look="primary" type="submit" form="line-item" busy={save.isPending} disabled={bad}>
            Save
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form
        id="line-item"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field
          label="Name"
          error={name.trim() === '' ? 'Empty; give 1 to 160 characters' : fieldError(save.error, 'name')}
        >
          <Input value={name} maxLength={160} onChange={(event) => setName(event.target.value)} />
        </Field>
        <div className="grid grid-cols-2 gap-3">
          <Field label="Type" error={fieldError(save.error, 'type')}>
            <Select
              value={type}
              onChange={(event) => setType(lineItemTypes.find((one) => one === event.target.value) ?? type)}
            >
              {lineItemTypes.map((one) => (
                <option key={one} value={one}>
                  {typeWords[one]}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Priority" error={badPriority ?? fieldError(save.error, 'priority')}>
            <Input
              inputMode="numeric"
              value={priority}
              onChange={(event) => setPriority(event.target.value)}
            />
          </Field>
          <Field
            label={seen.priceModel === 'flat' ? 'Rank as CPM' : 'CPM'}
            error={badCpm ?? fieldError(save.error, 'cpmMicros')}
          >
            <Input
              inputMode="decimal"
              unit={seen.currency}
              value={cpm}
              onChange={(event) => setCpm(event.target.value)}
            />
          </Field>
          <Field label="Pacing" error={fieldError(save.error, 'pacing')}>
            <Select
              value={pacing}
              onChange={(event) => {
                const next = event.target.value;
                if (next in pacingWords) setPacing(next as typeof pacing);
              }}
            >
              {Object.entries(pacingWords).map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Rotation of creatives" error={fieldError(save.error, 'rotation')}>
            <Select
              value={rotation}
              onChange={(event) => {
                const next = event.target.value;
                if (next in rotationWords) setRotation(next as typeof rotation);
              }}
            >
              {Object.entries(rotationWords).map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </Select>
          </Field>
        </div>
        <CapsEditor caps={caps} onChange={setCaps} />
        <DaypartsEditor dayparts={dayparts} onChange={setDayparts} />
        <div className="grid grid-cols-[1fr_130px] gap-3">
          <Field
            label="Competes under these labels"
            hint="Such as automotive; separate by commas"
            error={
              badLabel
                ? `“${badLabel}” is not accepted; small letters, digits, - and _`
                : fieldError(save.error, 'separation')
            }
          >
            <Input value={labels} onChange={(event) => setLabels(event.target.value)} />
          </Field>
          <Field label="Kept apart in">
            <Select
              value={scope}
              onChange={(event) => setScope(event.target.value === 'stream' ? 'stream' : 'pod')}
            >
              <option value="pod">the break</option>
              <option value="stream">the stream</option>
            </Select>
          </Field>
        </div>
        {save.error && <Problem error={save.error} />}
      </form>
    </Drawer>
  );
}
