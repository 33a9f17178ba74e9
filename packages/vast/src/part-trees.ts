import type { AdVerification, UniversalAdId } from './model.ts';
import { container, leaf, show, text, trackingEvents } from './tree-parts.ts';
import { element, type XmlElement } from './xml/element.ts';

/** `AdVerifications`, or nothing. */
export function verificationsToTree(list: readonly AdVerification[] | undefined): XmlElement[] {
  return container('AdVerifications', (list ?? []).map(verificationToTree));
}

function verificationToTree(verification: AdVerification): XmlElement {
  return element('Verification', { vendor: verification.vendor ?? undefined }, [
    ...(verification.executableResources ?? []).map(({ url, apiFramework, type }) =>
      element('ExecutableResource', { apiFramework, type }, text(url)),
    ),
    ...(verification.javaScriptResources ?? []).map(({ url, apiFramework, browserOptional }) =>
      element('JavaScriptResource', { apiFramework, browserOptional: show(browserOptional) }, text(url)),
    ),
    ...trackingEvents(verification.trackingEvents),
    ...leaf('VerificationParameters', verification.verificationParameters),
  ]);
}

/** One identifier; 4.0 alone repeats the value as an attribute. */
export function universalAdIdToTree({ idRegistry, value }: UniversalAdId, withAttribute = false): XmlElement {
  const attributes = { idRegistry: idRegistry ?? undefined, idValue: withAttribute ? value : undefined };
  return element('UniversalAdId', attributes, text(value));
}
