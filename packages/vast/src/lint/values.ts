import { readMicros } from '../decimal.ts';
import type { Scope } from '../grammar.ts';
import { readOffset, readTime } from '../time.ts';
import { hasTrackingEvent } from '../tracking-events.ts';
import { isAtLeast, type VastVersion } from '../version.ts';
import { textOf, type XmlElement } from '../xml/element.ts';
import { finding, type LintFinding } from './rules.ts';

interface Form {
  readonly wanted: string;
  readonly fits: (text: string) => boolean;
}

const WHOLE: Form = { wanted: 'a whole number from 0', fits: (text) => /^\d+$/.test(text) };
const FLAG: Form = { wanted: 'true or false', fits: (text) => /^(true|false|0|1)$/.test(text) };
const TIME: Form = {
  wanted: 'a time HH:MM:SS or HH:MM:SS.mmm',
  fits: (text) => readTime(text) !== undefined,
};
const OFFSET: Form = {
  wanted: 'a time HH:MM:SS(.mmm) or a percentage from 0% to 100%',
  fits: (text) => readOffset(text) !== undefined,
};
const DECIMAL: Form = { wanted: 'a number', fits: (text) => /^\d+(\.\d+)?$/.test(text) };
const place = (start: string, end: string): Form => ({
  wanted: `a whole number of pixels, ${start} or ${end}`,
  fits: (text) => /^\d+$/.test(text) || text === start || text === end,
});
const words = (...list: string[]): Form => ({
  wanted: `one of ${list.join(', ')}`,
  fits: (text) => list.includes(text),
});

const ATTRIBUTES: Readonly<Record<string, Form>> = {
  conditionalAd: FLAG,
  followAdditionalWrappers: FLAG,
  allowMultipleAds: FLAG,
  fallbackOnNoAd: FLAG,
  scalable: FLAG,
  maintainAspectRatio: FLAG,
  variableDuration: FLAG,
  browserOptional: FLAG,
  xmlEncoded: FLAG,
  width: WHOLE,
  height: WHOLE,
  bitrate: WHOLE,
  minBitrate: WHOLE,
  maxBitrate: WHOLE,
  fileSize: WHOLE,
  expandedWidth: WHOLE,
  expandedHeight: WHOLE,
  assetWidth: WHOLE,
  assetHeight: WHOLE,
  'Creative@sequence': WHOLE,
  xPosition: place('left', 'right'),
  yPosition: place('top', 'bottom'),
  pxratio: DECIMAL,
  skipoffset: OFFSET,
  'Tracking@offset': OFFSET,
  'Icon@offset': TIME,
  'Icon@duration': TIME,
  minSuggestedDuration: TIME,
  delivery: words('progressive', 'streaming'),
  adType: words('video', 'audio', 'hybrid'),
  required: words('all', 'any', 'none'),
  renderingMode: words('default', 'end-card', 'concurrent'),
  'Pricing@model': words('CPM', 'CPC', 'CPE', 'CPV', 'cpm', 'cpc', 'cpe', 'cpv'),
  'Pricing@currency': { wanted: 'an ISO 4217 code', fits: (text) => /^[A-Za-z]{3}$/.test(text) },
};

const TEXTS: Readonly<Record<string, Form>> = {
  Duration: TIME,
  Expires: WHOLE,
  Pricing: { wanted: 'a decimal with at most six places', fits: (text) => readMicros(text) !== undefined },
};

/** Checks the form of an element's attributes and text: what the schema types, and a little more. */
export function checkValues(
  node: XmlElement,
  name: string,
  version: VastVersion,
  scope: Scope,
  path: string,
): LintFinding[] {
  const findings: LintFinding[] = [];
  for (const [attribute, value] of Object.entries(node.attributes)) {
    const form = ATTRIBUTES[`${name}@${attribute}`] ?? ATTRIBUTES[attribute];
    if (form && value !== '' && !form.fits(value.trim())) {
      findings.push(
        finding('value.invalid', `${path}@${attribute}`, `"${value.slice(0, 80)}" is not ${form.wanted}`),
      );
    }
  }
  const form = TEXTS[name];
  const text = textOf(node);
  if (form && text !== '' && !form.fits(text)) {
    findings.push(finding('value.invalid', path, `"${text.slice(0, 80)}" is not ${form.wanted}`));
  }
  const event = node.attributes.event;
  if (
    name === 'Tracking' &&
    event !== undefined &&
    !scope.includes('Verification') &&
    !hasTrackingEvent(event, version)
  ) {
    const message = `"${event.slice(0, 80)}" is not a tracking event of VAST ${version}`;
    // Named by the text since 4.1 and by no schema: players may know it, validators do not.
    const inText = event === 'notUsed' && isAtLeast(version, '4.1');
    findings.push(finding(inText ? 'tracking.not-in-schema' : 'value.invalid', `${path}@event`, message));
  }
  return findings;
}
