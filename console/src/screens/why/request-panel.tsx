import type { Explanation } from '@cuepoint/contract';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { dimensionNames, dimensionWord } from '../../delivery-words.ts';
import { cx } from '../../design/cx.ts';
import { DateTime } from '../../design/date-time.tsx';
import { lengthRange, shortSeconds } from '../../design/format/number.ts';
import { IdChip } from '../../design/id-chip.tsx';
import { CueDot } from '../../design/mark.tsx';
import { Money } from '../../design/money.tsx';
import { Panel } from '../../design/panel.tsx';
import { FactsForm } from './facts-form.tsx';
import type { StatedFacts } from './search.ts';

/** What was known of the request. Every fact can be changed, and the request decided again with it. */
export function RequestPanel({
  explanation,
  stated,
  onFacts,
  className,
}: {
  explanation: Explanation;
  stated: StatedFacts | undefined;
  onFacts: (facts: StatedFacts | undefined) => void;
  className?: string;
}) {
  const [editing, setEditing] = useState(false);
  const [first, setFirst] = useState<string>();
  const { request } = explanation;
  // A logged decision with changed facts is decided anew, but it is still that request.
  const isPreview = explanation.decisionId === null;
  const names = [
    ...dimensionNames.filter((name) => request.facts[name] || stated?.[name]),
    ...Object.keys(request.facts).filter((name) => !dimensionNames.some((known) => known === name)),
  ];
  const edit = (name?: string) => {
    setFirst(name);
    setEditing(true);
  };
  const slot =
    request.minDurationMs === request.maxDurationMs
      ? shortSeconds(request.maxDurationMs)
      : lengthRange(request.minDurationMs, request.maxDurationMs);
  return (
    <Panel
      title="Request"
      className={className ?? ''}
      bodyClassName="px-3 py-1.5"
      action={
        <button type="button" className="link" onClick={() => (editing ? setEditing(false) : edit())}>
          {editing ? 'Cancel' : isPreview ? 'Change' : 'Change, replay'}
        </button>
      }
    >
      {editing ? (
        <FactsForm
          facts={{ ...request.facts, ...stated }}
          first={first}
          submit={isPreview ? 'Decide again' : 'Replay'}
          onSubmit={(facts) => {
            setEditing(false);
            onFacts(changed(request.facts, stated, facts));
          }}
        />
      ) : (
        <>
          <dl>
            <Row name="Placement">
              <span title={request.placementId}>{request.placementName}</span>
            </Row>
            <Row name={request.isPod ? 'Break' : 'Slot'}>
              <span className="inline-flex max-w-full items-center gap-1.5">
                {request.isPod && <CueDot />}
                <span className="truncate">{request.isPod ? `${request.maxAds} ads at most` : slot}</span>
              </span>
            </Row>
            {request.isPod && <Row name="Each ad">{slot}</Row>}
            {names.map((name) => {
              const values = request.facts[name] ?? [];
              const isStated = stated !== undefined && Object.hasOwn(stated, name);
              return (
                <Row key={name} name={dimensionWord(name)}>
                  <button
                    type="button"
                    title={`Change ${dimensionWord(name)}: ${values.join(', ') || 'unknown'}`}
                    onClick={() => edit(name)}
                    className={cx(
                      'inline-flex h-6 max-w-full items-center rounded-md border px-1.5 hover:bg-hover',
                      isStated ? 'border-accent-text bg-accent-tint' : 'border-line-strong',
                    )}
                  >
                    <span className="truncate">{values.join(', ') || 'unknown'}</span>
                    {isStated && <span className="sr-only">, changed</span>}
                  </button>
                </Row>
              );
            })}
            <Row name="Identity">{request.identityKind}</Row>
            <Row name="Floor">
              <Money micros={request.floorCpmMicros} currency={request.floorCurrency} />
            </Row>
            <Row name="Asked">
              <DateTime at={explanation.at} />
            </Row>
            <Row name="Seed">
              <IdChip id={explanation.seed} what="seed" />
            </Row>
            {explanation.decisionId && (
              <Row name="Decision">
                <IdChip id={explanation.decisionId} what="decision id" />
              </Row>
            )}
            {explanation.requestId && (
              <Row name="Request">
                <IdChip id={explanation.requestId} what="request id" />
              </Row>
            )}
          </dl>
          {request.withheld.length > 0 && (
            <div className="mt-2 text-sm">
              <h3 className="!text-sm text-fg-2">Withheld for privacy</h3>
              <ul className="text-fg-2">
                {request.withheld.map((line) => (
                  <li key={line} className="break-words">
                    {line}
                  </li>
                ))}
              </ul>
            </div>
          )}
          {stated && (
            <button type="button" className="link mt-2 text-sm" onClick={() => onFacts(undefined)}>
              Back to the {isPreview ? 'empty request' : 'logged facts'}
            </button>
          )}
        </>
      )}
    </Panel>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-h-7 items-center gap-2 border-b border-line text-sm last:border-0">
      <dt className="w-19 flex-none truncate text-fg-3" title={name}>
        {name}
      </dt>
      <dd className="min-w-0 flex-1 truncate">{children}</dd>
    </div>
  );
}

/** Only what differs from what was logged is stated; what was stated before stays so. */
function changed(
  logged: Readonly<Record<string, readonly string[]>>,
  stated: StatedFacts | undefined,
  facts: StatedFacts,
): StatedFacts | undefined {
  const next: StatedFacts = {};
  for (const name of new Set([...Object.keys(facts), ...Object.keys(stated ?? {})])) {
    const values = facts[name] ?? [];
    const before = logged[name] ?? [];
    const same = values.length === before.length && values.every((value, at) => value === before[at]);
    if (!same || (stated && Object.hasOwn(stated, name))) next[name] = values;
  }
  return Object.keys(next).length > 0 ? next : undefined;
}
