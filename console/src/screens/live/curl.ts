/** A command that asks for the same over HTTP. The key is the reader's own: none stands in the text. */
export function curlOf(origin: string, path: string, isStream = false): string {
  return `curl ${isStream ? '-N ' : ''}-H "Authorization: Bearer $CUEPOINT_API_KEY" '${origin}${path.replaceAll("'", '%27')}'`;
}
