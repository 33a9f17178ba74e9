/** What a US Privacy string says: whether US law applies at all, and what was chosen. */
export type DecodedUsPrivacy =
  | {
      readonly ok: true;
      /** False for `1---`: the property determined that no US privacy jurisdiction applies. */
      readonly applies: boolean;
      /** True: notice and opportunity to opt out were given; null when not known. */
      readonly noticeGiven: boolean | null;
      readonly optedOutOfSale: boolean;
    }
  | { readonly ok: false };

/**
 * Reads a US Privacy string, version 1 (IAB Tech Lab, "US Privacy String", March 2020): four characters, such as `1YNN`.
 * A hyphen as third character is legal in `1---` alone; anywhere else it is a writer's mistake and not read as consent.
 */
export function decodeUsPrivacy(text: string): DecodedUsPrivacy {
  if (!/^1[YN-][YN-][YN-]$/i.test(text)) return { ok: false };
  const notice = text[1]!.toUpperCase();
  const optOut = text[2]!.toUpperCase();
  if (text === '1---') return { ok: true, applies: false, noticeGiven: null, optedOutOfSale: false };
  if (optOut === '-') return { ok: false };
  return {
    ok: true,
    applies: true,
    noticeGiven: notice === '-' ? null : notice === 'Y',
    optedOutOfSale: optOut === 'Y',
  };
}
