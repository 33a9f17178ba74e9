// U+0001 cannot occur in XML, so a slot is never mistaken for content, nor content for a slot.
/** Stands before and after a slot's name. */
export const SLOT_MARK = '\u0001';

// Macros that a template fills are slots named as they are written, brackets included.
const SLOT = new RegExp(`${SLOT_MARK}[\\w.%[\\]-]+${SLOT_MARK}`, 'g');

/** True when the text has a slot. */
export function hasSlot(text: string): boolean {
  return text.includes(SLOT_MARK);
}

/** The text with every slot replaced. */
export function replaceSlots(text: string, by: (offset: number) => string): string {
  return text.replace(SLOT, (_whole, offset: number) => by(offset));
}
