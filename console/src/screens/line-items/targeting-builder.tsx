import { FolderPlus, Plus, X } from 'lucide-react';
import {
  type DimensionName,
  dimensionExamples,
  dimensionNames,
  dimensionWord,
} from '../../delivery-words.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { cx } from '../../design/cx.ts';
import { Input, Select } from '../../design/field.tsx';
import type { GroupDraft, NodeDraft, PredicateDraft } from './targeting.ts';

const joins = [
  { value: 'all', label: 'All of these hold' },
  { value: 'any', label: 'Any of these holds' },
  { value: 'none', label: 'None of these holds' },
] as const;
const deepest = 4;
const emptyPredicate: PredicateDraft = {
  kind: 'predicate',
  dimension: 'country',
  operator: 'any_of',
  values: '',
};

/** Conditions under all, any and none; a group may hold groups. */
export function TargetingBuilder({
  draft,
  onChange,
}: {
  draft: GroupDraft;
  onChange: (draft: GroupDraft) => void;
}) {
  return <Group group={draft} depth={0} name="Targeting" onChange={onChange} />;
}

function Group({
  group,
  depth,
  name,
  onChange,
  onRemove,
}: {
  group: GroupDraft;
  depth: number;
  name: string;
  onChange: (group: GroupDraft) => void;
  onRemove?: () => void;
}) {
  const set = (at: number, node: NodeDraft) =>
    onChange({ ...group, nodes: group.nodes.map((one, index) => (index === at ? node : one)) });
  const remove = (at: number) =>
    onChange({ ...group, nodes: group.nodes.filter((_, index) => index !== at) });
  const add = (node: NodeDraft) => onChange({ ...group, nodes: [...group.nodes, node] });
  return (
    <fieldset
      className={cx('flex min-w-0 flex-col gap-2', depth > 0 && 'border-l-2 border-line-strong pl-2')}
    >
      <legend className="sr-only">{name}</legend>
      <div className="flex items-center gap-1">
        <Select
          aria-label={`${name}: how the conditions join`}
          className="flex-1"
          value={group.join}
          onChange={(event) =>
            onChange({
              ...group,
              join: joins.find((one) => one.value === event.target.value)?.value ?? 'all',
            })
          }
        >
          {joins.map((join) => (
            <option key={join.value} value={join.value}>
              {join.label}
            </option>
          ))}
        </Select>
        {onRemove && <IconButton icon={X} size="sm" label={`Remove ${name}`} onClick={onRemove} />}
      </div>
      {group.nodes.map((node, at) => {
        const label = `${name}, ${node.kind === 'group' ? 'group' : 'condition'} ${at + 1}`;
        return node.kind === 'group' ? (
          <Group
            // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity but their place
            key={at}
            group={node}
            depth={depth + 1}
            name={label}
            onChange={(next) => set(at, next)}
            onRemove={() => remove(at)}
          />
        ) : (
          <Predicate
            // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity but their place
            key={at}
            predicate={node}
            name={label}
            onChange={(next) => set(at, next)}
            onRemove={() => remove(at)}
          />
        );
      })}
      <div className="flex gap-1">
        <Button size="sm" look="quiet" icon={Plus} onClick={() => add(emptyPredicate)}>
          Condition
        </Button>
        {depth < deepest && (
          <Button
            size="sm"
            look="quiet"
            icon={FolderPlus}
            onClick={() => add({ kind: 'group', join: 'any', nodes: [emptyPredicate] })}
          >
            Group
          </Button>
        )}
      </div>
    </fieldset>
  );
}

function Predicate({
  predicate,
  name,
  onChange,
  onRemove,
}: {
  predicate: PredicateDraft;
  name: string;
  onChange: (predicate: PredicateDraft) => void;
  onRemove: () => void;
}) {
  const known = dimensionNames.some((one) => one === predicate.dimension);
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-center gap-1">
        <Select
          aria-label={`${name}: dimension`}
          className="min-w-0 flex-1"
          value={predicate.dimension}
          onChange={(event) => onChange({ ...predicate, dimension: event.target.value })}
        >
          {!known && <option value={predicate.dimension}>{predicate.dimension}</option>}
          {dimensionNames.map((dimension) => (
            <option key={dimension} value={dimension}>
              {dimensionWord(dimension)}
            </option>
          ))}
        </Select>
        <Select
          aria-label={`${name}: operator`}
          className="w-28"
          value={predicate.operator}
          onChange={(event) =>
            onChange({ ...predicate, operator: event.target.value === 'none_of' ? 'none_of' : 'any_of' })
          }
        >
          <option value="any_of">is any of</option>
          <option value="none_of">is none of</option>
        </Select>
        <IconButton icon={X} size="sm" label={`Remove ${name}`} onClick={onRemove} />
      </div>
      <Input
        aria-label={`${name}: values, separated by commas`}
        placeholder={known ? dimensionExamples[predicate.dimension as DimensionName] : undefined}
        value={predicate.values}
        onChange={(event) => onChange({ ...predicate, values: event.target.value })}
      />
    </div>
  );
}
