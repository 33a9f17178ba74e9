import { createFlight, deleteFlight, type Flight, type LineItem, updateFlight } from '@cuepoint/contract';
import { useState } from 'react';
import { useChange } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { Field, Input } from '../../design/field.tsx';
import { parseMoney } from '../../design/format/money.ts';
import { TextField } from '../../design/text-field.tsx';
import { amountText } from '../../draft.ts';
import { fieldError } from '../../problem.tsx';
import { FormDrawer } from '../form-drawer.tsx';
import { instantOf, localOf } from './flight-times.ts';
import { flightInView } from './pace.ts';

/** Dates, zone, budget and goal of a flight. */
export function FlightDrawer({
  lineItem,
  flight,
  onClose,
}: {
  lineItem: LineItem;
  flight: Flight | null;
  onClose: () => void;
}) {
  const sibling = flight ?? flightInView(lineItem.flights);
  const money = (micros: number | null | undefined) => (micros ? amountText(micros, lineItem.currency) : '');
  const [name, setName] = useState(flight?.name ?? '');
  const [zone, setZone] = useState(sibling?.timeZone ?? 'UTC');
  const [from, setFrom] = useState(() =>
    flight
      ? localOf(flight.startAt, flight.timeZone)
      : sibling
        ? localOf(sibling.endAt, sibling.timeZone)
        : '',
  );
  const [until, setUntil] = useState(() => (flight ? localOf(flight.endAt, flight.timeZone) : ''));
  const [budget, setBudget] = useState(money(flight?.budgetMicros));
  const [daily, setDaily] = useState(money(flight?.dailyBudgetMicros));
  const [goal, setGoal] = useState(flight?.impressionGoal ? String(flight.impressionGoal) : '');
  const create = useChange(createFlight, onClose);
  const update = useChange(updateFlight, onClose);
  const remove = useChange(deleteFlight, onClose);
  const error = create.error ?? update.error ?? remove.error;
  const badZone = isZone(zone) ? null : `“${zone}” is not accepted; give an IANA zone such as Europe/Berlin`;
  const badMoney = (text: string) =>
    text === '' || parseMoney(text) ? null : `“${text}” is not accepted; give an amount above 0, or nothing`;
  const badGoal =
    goal === '' || /^[1-9]\d{0,10}$/.test(goal.replaceAll(',', ''))
      ? null
      : `“${goal}” is not accepted; give a whole number above 0, or nothing`;
  const startAt = badZone ? null : instantOf(from, zone);
  const endAt = badZone ? null : instantOf(until, zone);
  const order =
    startAt && endAt && startAt >= endAt ? 'The end is not after the start; give a later end' : null;
  const bad = Boolean(
    badZone || badMoney(budget) || badMoney(daily) || badGoal || order || !startAt || !endAt,
  );
  const submit = () => {
    if (!startAt || !endAt || bad) return;
    const fields = {
      ...(name.trim() ? { name: name.trim() } : {}),
      startAt,
      endAt,
      timeZone: zone,
      budgetMicros: budget === '' ? null : parseMoney(budget),
      dailyBudgetMicros: daily === '' ? null : parseMoney(daily),
      impressionGoal: goal === '' ? null : Number(goal.replaceAll(',', '')),
    };
    if (flight)
      update.mutate({ input: { flightId: flight.id, ...fields }, options: { ifMatch: flight.version } });
    else create.mutate({ input: { lineItemId: lineItem.id, ...fields } });
  };
  return (
    <FormDrawer
      title={flight ? flight.name : 'New flight'}
      save={flight ? 'Save flight' : 'Add flight'}
      busy={create.isPending || update.isPending}
      disabled={bad}
      error={error}
      beside={
        flight &&
        flight.spentMicros === 0 &&
        flight.impressions === 0 && (
          <Button
            look="danger"
            className="ml-auto"
            busy={remove.isPending}
            onClick={() => remove.mutate({ input: { flightId: flight.id } })}
          >
            Delete
          </Button>
        )
      }
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Name"
        hint="Empty: Flight and its number"
        error={fieldError(error, 'name')}
        value={name}
        maxLength={80}
        onChange={setName}
      />
      <div className="grid grid-cols-2 gap-3">
        <Field label="From" hint={zone} error={fieldError(error, 'startAt')}>
          <Input
            required
            type="datetime-local"
            value={from}
            onChange={(event) => setFrom(event.target.value.slice(0, 16))}
          />
        </Field>
        <Field label="Until, not included" hint={zone} error={order ?? fieldError(error, 'endAt')}>
          <Input
            required
            type="datetime-local"
            value={until}
            onChange={(event) => setUntil(event.target.value.slice(0, 16))}
          />
        </Field>
      </div>
      <TextField
        label="Time zone"
        hint="Days and open hours are counted in it"
        error={badZone ?? fieldError(error, 'timeZone')}
        value={zone}
        maxLength={64}
        onChange={(text) => setZone(text.trim())}
      />
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="Budget"
          hint="Empty: no limit"
          error={badMoney(budget) ?? fieldError(error, 'budgetMicros')}
          inputMode="decimal"
          unit={lineItem.currency}
          value={budget}
          onChange={setBudget}
        />
        <TextField
          label="Budget of a day"
          hint="Empty: no limit"
          error={badMoney(daily) ?? fieldError(error, 'dailyBudgetMicros')}
          inputMode="decimal"
          unit={lineItem.currency}
          value={daily}
          onChange={setDaily}
        />
      </div>
      <TextField
        label="Goal of impressions"
        hint="A flight needs a budget or a goal"
        error={badGoal ?? fieldError(error, 'impressionGoal')}
        inputMode="numeric"
        value={goal}
        onChange={setGoal}
      />
    </FormDrawer>
  );
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone !== '';
  } catch {
    return false;
  }
}
