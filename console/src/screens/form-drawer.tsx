import { type ReactNode, useId } from 'react';
import type { ApiError } from '../api.ts';
import { Button } from '../design/button.tsx';
import { Drawer } from '../design/drawer.tsx';
import { Problem } from '../problem.tsx';

/** A form in a drawer: one button that saves, one that leaves, and below the fields what was refused. */
export function FormDrawer({
  title,
  save,
  busy,
  disabled,
  error,
  beside,
  onSubmit,
  onClose,
  children,
}: {
  title: ReactNode;
  /** Words on the button that saves. */
  save: string;
  busy: boolean;
  /** Something in the form does not fit yet. */
  disabled?: boolean;
  error: ApiError | null;
  /** A further button, such as one that deletes. */
  beside?: ReactNode;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const formId = useId();
  return (
    <Drawer
      open
      onClose={onClose}
      title={title}
      foot={
        <>
          <Button look="primary" type="submit" form={formId} busy={busy} disabled={disabled}>
            {save}
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          {beside}
        </>
      }
    >
      <form
        id={formId}
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
        {error && <Problem error={error} />}
      </form>
    </Drawer>
  );
}
