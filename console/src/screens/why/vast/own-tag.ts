/**
 * The tag to fetch when the text is the address of a tag of this installation: an absolute address of its own origin,
 * or a path. Null for everything else: the inspector asks nobody else's server.
 */
export function ownTag(text: string, origin: string): URL | null {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > 4000 || /\s/.test(trimmed)) return null;
  if (!trimmed.startsWith('/') && !/^https?:\/\//i.test(trimmed)) return null;
  let url: URL;
  try {
    url = new URL(trimmed, origin);
  } catch {
    return null;
  }
  return url.origin === origin && /^\/vast(?:$|[/?.])/.test(url.pathname) ? url : null;
}

/** Whether the text is the address of a tag of this installation. */
export function isOwnTag(text: string, origin: string): boolean {
  return ownTag(text, origin) !== null;
}
