import type { LineItem } from '@cuepoint/contract';
import type { ReactNode } from 'react';
import { Tag } from '../../design/chip.tsx';
import { Panel } from '../../design/panel.tsx';
import { flightInView } from './pace.ts';
import { capSentence, daypartSentence, pacingWords, podPositionWords, rotationWords } from './words.ts';

/** What holds it back besides targeting, in words. */
export function RulesPanel({ lineItem }: { lineItem: LineItem }) {
  const zone = flightInView(lineItem.flights)?.timeZone;
  return (
    <Panel title="Rules" bodyClassName="px-3 py-2 flex flex-col gap-2.5 text-sm">
      <Rule name="Frequency caps">
        {lineItem.frequencyCaps.length === 0
          ? 'None'
          : lineItem.frequencyCaps.map((cap) => <div key={capSentence(cap)}>{capSentence(cap)}</div>)}
      </Rule>
      <Rule name={`Open hours${zone ? `, ${zone}` : ''}`}>
        {lineItem.dayparts.length === 0
          ? 'Always'
          : lineItem.dayparts.map((daypart) => (
              <div key={daypartSentence(daypart)}>{daypartSentence(daypart)}</div>
            ))}
      </Rule>
      <Rule name={`Separation, in the ${lineItem.separation.scope === 'pod' ? 'break' : 'stream'}`}>
        {lineItem.separation.labels.length === 0 ? (
          'No labels of competition'
        ) : (
          <span className="flex flex-wrap gap-1">
            {lineItem.separation.labels.map((label) => (
              <Tag key={label}>{label}</Tag>
            ))}
          </span>
        )}
      </Rule>
      <Rule name="Place in a break">{podPositionWords[lineItem.podPosition]}</Rule>
      <Rule name="Pacing and rotation">
        {pacingWords[lineItem.pacing]}; creatives {rotationWords[lineItem.rotation].toLowerCase()}
      </Rule>
    </Panel>
  );
}

function Rule({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="!text-sm !font-medium text-fg-3">{name}</h3>
      <div>{children}</div>
    </div>
  );
}
