import {
  getLineItem,
  type InputOf,
  type LineItem,
  listLineItems,
  type Page,
  updateLineItem,
} from '@cuepoint/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, call, keyOf } from '../../api.ts';
import { useToast } from '../../design/toast.tsx';

export type LineItemPatch = Omit<InputOf<typeof updateLineItem>, 'lineItemId'>;

/** A change that met a newer version. */
export interface EditConflict {
  seen: LineItem;
  patch: LineItemPatch;
  theirs: LineItem;
}

const listKey = keyOf(listLineItems, {}).slice(0, 2);

/**
 * Changes a line item where it is shown: at once on the screen, taken back when the server refuses. Somebody else's
 * change in between is a conflict that a person decides.
 */
export function useLineItemEdit() {
  const client = useQueryClient();
  const toast = useToast();
  const [conflict, setConflict] = useState<EditConflict | null>(null);
  const [saving, setSaving] = useState<string | null>(null);
  const show = (lineItem: LineItem) => {
    client.setQueriesData<Page<LineItem>>({ queryKey: listKey }, (page) =>
      page ? { ...page, items: page.items.map((item) => (item.id === lineItem.id ? lineItem : item)) } : page,
    );
    client.setQueryData(keyOf(getLineItem, { lineItemId: lineItem.id }), lineItem);
  };
  /** @returns whether it was kept */
  const save = async (seen: LineItem, patch: LineItemPatch, what: string): Promise<boolean> => {
    setSaving(seen.id);
    await client.cancelQueries({ queryKey: listKey });
    const { countries: _c, deviceTypes: _d, ...plain } = patch;
    show({ ...seen, ...plain } as LineItem);
    try {
      const after = await call(updateLineItem, { lineItemId: seen.id, ...patch }, { ifMatch: seen.version });
      show(after);
      const back = inverse(seen, patch);
      toast({
        text: `${after.name}: ${what}`,
        ...(back ? { undo: () => void save(after, back, 'as before') } : {}),
      });
      return true;
    } catch (error) {
      show(seen);
      if (error instanceof ApiError && error.status === 412) {
        const theirs = await call(getLineItem, { lineItemId: seen.id });
        show(theirs);
        setConflict({ seen, patch, theirs });
      } else {
        const problem = error instanceof ApiError ? error.problem : undefined;
        const field = problem?.fields?.[0];
        toast({
          tone: 'block',
          text: problem
            ? `${seen.name}: ${problem.detail}${field?.accepted ? ` Accepted: ${field.accepted}.` : ''}`
            : 'The server did not answer; nothing was changed.',
        });
      }
      return false;
    } finally {
      setSaving(null);
      void client.invalidateQueries({ refetchType: 'active' });
    }
  };
  return { save, saving, conflict, closeConflict: () => setConflict(null) };
}

/** What brings the fields of a patch back; null where there is no way, as from active to draft. */
function inverse(seen: LineItem, patch: LineItemPatch): LineItemPatch | null {
  if (patch.status !== undefined && (seen.status === 'draft' || seen.status === 'completed')) return null;
  const fields = Object.keys(patch) as (keyof LineItemPatch)[];
  return Object.fromEntries(fields.map((field) => [field, seen[field]])) as LineItemPatch;
}
