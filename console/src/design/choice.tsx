import { Check, Minus } from 'lucide-react';
import { Checkbox as RadixCheckbox, Switch as RadixSwitch } from 'radix-ui';
import { useId } from 'react';

/** 14 px drawn, 24 px to hit. `mixed` is the head of a list of which some rows are chosen. */
export function Checkbox({
  checked,
  onChange,
  label,
  disabled,
}: {
  checked: boolean | 'mixed';
  onChange: (checked: boolean) => void;
  label: string;
  disabled?: boolean;
}) {
  return (
    <RadixCheckbox.Root
      checked={checked === 'mixed' ? 'indeterminate' : checked}
      onCheckedChange={(next) => onChange(next === true)}
      disabled={disabled}
      aria-label={label}
      className="group -m-1.25 inline-grid size-6 flex-none place-items-center rounded-md align-middle"
    >
      <span className="grid size-3.5 place-items-center rounded-[3px] border border-edge group-data-[state=checked]:border-accent-edge group-data-[state=checked]:bg-accent group-data-[state=indeterminate]:border-accent-edge group-data-[state=indeterminate]:bg-accent">
        <RadixCheckbox.Indicator className="text-on-accent">
          {checked === 'mixed' ? (
            <Minus size={10} strokeWidth={3.5} />
          ) : (
            <Check size={10} strokeWidth={3.5} />
          )}
        </RadixCheckbox.Indicator>
      </span>
    </RadixCheckbox.Root>
  );
}

/** Only for what takes effect at once. */
export function Switch({
  checked,
  onChange,
  label,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: string;
}) {
  const id = useId();
  return (
    <span className="flex h-6 items-center gap-2 text-sm">
      <RadixSwitch.Root
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        className="group -my-1.25 inline-flex h-6 w-6.5 items-center rounded-md"
      >
        <span className="relative h-3.5 w-6.5 rounded-[7px] border border-edge group-data-[state=checked]:border-accent-edge group-data-[state=checked]:bg-accent">
          <span className="absolute top-0.5 left-0.5 size-2 rounded-[4px] bg-fg-3 group-data-[state=checked]:left-3.5 group-data-[state=checked]:bg-on-accent" />
        </span>
      </RadixSwitch.Root>
      <label htmlFor={id}>{label}</label>
    </span>
  );
}
