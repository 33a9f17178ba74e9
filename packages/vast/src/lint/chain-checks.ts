import type { VastVersion } from '../version.ts';
import { followWrapper, startChain, type WrapperChain } from '../wrapper-chain.ts';
import { textOf } from '../xml/element.ts';
import { type Check, child, children } from './check.ts';
import { finding } from './rules.ts';

/** What is known of the way to a document. */
export interface ChainContext {
  /** Wrappers followed before this document; the standard asks players to follow five. */
  readonly chain?: WrapperChain;
  /** Their number, where only that is known: a whole number from 0. */
  readonly wrapperDepth?: number;
  readonly maxWrapperDepth?: number;
}

/** Checks of a document against the wrappers that led to it (VAST 4.2, sections 2.3.5.1 and 3.19). */
export function chainChecks(context: ChainContext): Readonly<Record<string, Check>> {
  const chain = context.chain ?? startChain({ depth: context.wrapperDepth ?? 0 });
  const last = chain.hops.at(-1)?.wrapper;
  const options = context.maxWrapperDepth === undefined ? {} : { maxDepth: context.maxWrapperDepth };
  const checkWrapper: Check = ({ node, path }, _version: VastVersion) => {
    const tag = child(node, 'VASTAdTagURI');
    const followed = followWrapper(
      chain,
      { kind: 'wrapper', adSystem: null, impressions: [], vastAdTagUri: tag ? textOf(tag) : '' },
      options,
    );
    const findings = followed.ok ? [] : [finding('VAST_WRAPPER_DEPTH_EXCEEDED', path, followed.message)];
    if (last?.followAdditionalWrappers === false)
      findings.push(
        finding('wrapper.not-followed', path, 'the wrapper before it says followAdditionalWrappers="false"'),
      );
    return findings;
  };
  const checkRoot: Check = ({ node, path }) => {
    const ads = children(node, 'Ad');
    const barred = last !== undefined && last.allowMultipleAds !== true && ads.length > 1;
    const message = `the wrapper before it does not say allowMultipleAds="true", and there are ${ads.length} ads`;
    return barred ? [finding('wrapper.several-not-allowed', path, message)] : [];
  };
  return { Wrapper: checkWrapper, VAST: checkRoot };
}
