import type { AnyOperation } from '@cuepoint/contract';

/** Name of the flag for a field of an operation: its own where the operation has one, else the field's. */
export function flagOf({ cli }: AnyOperation, field: string): string {
  const own: Readonly<Record<string, string>> = cli && 'flags' in cli ? cli.flags : {};
  return own[field] ?? kebab(field);
}

/** Field of an input to its flag: `creativeId` is `--creative-id`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
