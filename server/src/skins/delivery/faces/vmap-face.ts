import { type VmapBreak, vmapDocument } from '@cuepoint/vast';
import { readQuestion } from '../ad-question.ts';
import type { PlayerRequest } from '../listener/exchange.ts';
import type { FaceState } from '../served.ts';
import type { Piece } from '../vast-templates.ts';
import { decideFor, type FaceParts } from './decide.ts';
import { flag } from './fields.ts';
import { transactionOf } from './own-macros.ts';
import type { RequestParams } from './params.ts';
import { servedOf } from './vast-face.ts';
import { planBreaks } from './vmap-breaks.ts';

export interface VmapAnswer {
  readonly document: Piece;
  /** One for every break decided here. */
  readonly decisions: readonly { readonly decisionId: string; readonly reason: string | null }[];
}

/** What a tag of a single break says by itself or must not repeat. */
const NOT_OF_A_BREAK: ReadonlySet<string> = new Set([
  'breaks',
  'repeat',
  'inline',
  'pub',
  'rid',
  'breakposition',
]);

/**
 * The breaks of a piece of content as VMAP 1.0.1: each decided here and embedded, or with `inline=0` as the tag that the
 * player asks when the break comes.
 */
export function vmapAnswer(
  parts: FaceParts,
  request: PlayerRequest,
  state: FaceState,
  params: RequestParams,
): VmapAnswer {
  const isInline = flag(params, 'inline') ?? true;
  // Read once for the placement that the request names, so that a mistake is refused before anything is decided.
  const base = readQuestion(request, params, state);
  const breaks: VmapBreak[] = [];
  const decisions: { decisionId: string; reason: string | null }[] = [];
  let isAscii = true;
  const planned = planBreaks(params, state, base.placement);
  const questions = planned.map(({ placement, position }) =>
    readQuestion(request, params, state, { placement, position }),
  );
  // VAST 4.2, TRANSACTIONID: every request of a chain passes on the id that began it.
  const begun = params.get('transactionid') === null ? transactionOf(base.requestId) : null;
  const transaction: Record<string, string> = begun === null ? {} : { transactionid: begun };
  planned.forEach((one, index) => {
    const question = questions[index]!;
    const common = {
      timeOffset: one.timeOffset,
      breakType: 'linear' as const,
      breakId: one.id,
      ...(one.repeatAfterMs === undefined ? {} : { repeatAfterMs: one.repeatAfterMs }),
      allowMultipleAds: question.pod !== null,
    };
    if (!isInline) {
      const query = params.toQuery(NOT_OF_A_BREAK, { pl: one.placement.key, ...transaction });
      breaks.push({ ...common, adTagUri: `${parts.publicBaseUrl}/vast?${query}` });
      return;
    }
    const decision = decideFor(parts, request, state, question);
    const { document, reason } = servedOf(parts, state, question, decision);
    isAscii &&= document.isAscii;
    decisions.push({ decisionId: decision.decisionId, reason });
    breaks.push({ ...common, vastXml: document.xml });
  });
  return { document: { xml: vmapDocument(breaks), isAscii }, decisions };
}
