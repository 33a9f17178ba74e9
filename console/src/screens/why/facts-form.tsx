import { RotateCcw } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import {
  type DimensionName,
  dimensionExamples,
  dimensionNames,
  dimensionWord,
  readValues,
} from '../../delivery-words.ts';
import { Button } from '../../design/button.tsx';
import { Field, Input, Select } from '../../design/field.tsx';
import type { StatedFacts } from './search.ts';

/** Facts of a request, one field for each dimension. An emptied field says "unknown". */
export function FactsForm({
  facts,
  first,
  submit,
  onSubmit,
}: {
  facts: Readonly<Record<string, readonly string[]>>;
  /** The field to start in. */
  first?: string | undefined;
  submit: string;
  onSubmit: (facts: StatedFacts) => void;
}) {
  const [texts, setTexts] = useState<Record<string, string>>(() =>
    Object.fromEntries(Object.entries(facts).map(([name, values]) => [name, values.join(', ')])),
  );
  const [start, setStart] = useState(first);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const field = form.current?.querySelector<HTMLElement>(start ? `[name="${start}"]` : 'input');
    field?.focus();
  }, [start]);
  const open = dimensionNames.filter((name) => name in texts);
  const closed = dimensionNames.filter((name) => !(name in texts));
  return (
    <form
      ref={form}
      className="flex flex-col gap-2 py-1"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(Object.fromEntries(open.map((name) => [name, readValues(texts[name] ?? '')])));
      }}
    >
      {open.map((name) => (
        <Field key={name} label={dimensionWord(name)}>
          <Input
            name={name}
            placeholder={dimensionExamples[name]}
            value={texts[name] ?? ''}
            onChange={(event) => setTexts({ ...texts, [name]: event.target.value })}
          />
        </Field>
      ))}
      {closed.length > 0 && (
        <Select
          aria-label="Add a fact"
          value=""
          onChange={(event) => {
            const name = event.target.value as DimensionName;
            setTexts({ ...texts, [name]: '' });
            setStart(name);
          }}
        >
          <option value="">Add a fact</option>
          {closed.map((name) => (
            <option key={name} value={name}>
              {dimensionWord(name)}
            </option>
          ))}
        </Select>
      )}
      <p className="text-sm text-fg-3">Several values: separate by commas. Empty: unknown.</p>
      <div>
        <Button type="submit" icon={RotateCcw}>
          {submit}
        </Button>
      </div>
    </form>
  );
}
