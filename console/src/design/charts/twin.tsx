import { ChartLine, Table2 } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../button.tsx';

/** Every chart has a table twin; this is the switch for the head of its panel. */
export function useTwin(measure: string) {
  const [asTable, setAsTable] = useState(false);
  const toggle = (
    <IconButton
      icon={asTable ? ChartLine : Table2}
      size="sm"
      label={asTable ? `Show ${measure} as a chart` : `Show ${measure} as a table`}
      aria-pressed={asTable}
      onClick={() => setAsTable((shown) => !shown)}
    />
  );
  return { asTable, toggle };
}

export interface LegendItem {
  name: string;
  line?: 'solid' | 'dotted' | 'dashed';
  color: string;
}

export function Legend({ items }: { items: readonly LegendItem[] }) {
  return (
    <span className="flex items-center gap-3.5 text-sm text-fg-2">
      {items.map((item) => (
        <span key={item.name} className="flex items-center gap-1.25 whitespace-nowrap">
          {item.line ? (
            <svg width="16" height="2" aria-hidden="true">
              <line
                x2="16"
                y1="1"
                y2="1"
                stroke={item.color}
                strokeWidth="2"
                strokeDasharray={item.line === 'dotted' ? '2 2' : item.line === 'dashed' ? '5 3' : undefined}
              />
            </svg>
          ) : (
            <svg width="8" height="8" aria-hidden="true">
              <rect width="8" height="8" rx="1" fill={item.color} />
            </svg>
          )}
          {item.name}
        </span>
      ))}
    </span>
  );
}
