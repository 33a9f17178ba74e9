import { createDebugToken, type DebugToken } from '@cuepoint/contract';
import { ApiError, call } from '../../../call.ts';

/** What the server decided for a tag; `reason` is null when there is an ad. */
export interface TagDecision {
  decisionId: string;
  reason: string | null;
}

/** A tag's answer, and what was decided for it. */
export interface FetchedTag {
  answer: Response;
  decisions: TagDecision[];
  /** Why decision and reason are not told; null when they are. */
  untold: string | null;
}

/** A token is used until shortly before its end, not made anew for each tag. */
const marginMs = 30_000;
let held: DebugToken | null = null;

/**
 * Fetches a tag of this installation as a player would, and what it decided beside the document. The document is what was
 * asked for: who gets no debug token, or asks another account's tag, gets it all the same, and is told what is missing.
 */
export async function fetchTag(url: URL): Promise<FetchedTag> {
  const token = await debugToken();
  const ask = (headers: Record<string, string>) =>
    fetch(url, { credentials: 'omit', headers: { Accept: 'application/xml', ...headers } });
  if (token instanceof ApiError) return { answer: await ask({}), decisions: [], untold: token.message };
  const answer = await ask({ [token.header]: token.token });
  // Refused before anything was decided: without the token it is a plain request.
  if (answer.status === 403)
    return { answer: await ask({}), decisions: [], untold: 'The tag belongs to another account' };
  return { answer, decisions: tagDecisions(answer.headers), untold: null };
}

/** Decisions and their reasons as the headers list them, one for each break. */
export function tagDecisions(headers: Headers): TagDecision[] {
  const list = (name: string) => headers.get(name)?.split(', ') ?? [];
  const reasons = list('X-Cuepoint-Reason');
  return list('X-Cuepoint-Decision').map((decisionId, at) => ({
    decisionId,
    reason: reasons[at] === undefined || reasons[at] === 'ad' ? null : reasons[at],
  }));
}

async function debugToken(): Promise<DebugToken | ApiError> {
  if (held && Date.parse(held.expiresAt) - Date.now() > marginMs) return held;
  try {
    held = await call(createDebugToken, {});
    return held;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}
