import { isAtLeast } from '../version.ts';
import { textOf } from '../xml/element.ts';
import { type Check, child, children } from './check.ts';
import { finding, type LintFinding } from './rules.ts';

/** Serving ids tell ads apart in every tracker, so they must differ (VAST 4.2, section 3.4.3). */
export const checkServingIds: Check = ({ node, path }) => {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const ad of children(node, 'Ad')) {
    const inline = child(ad, 'InLine');
    const id = inline && textOf(child(inline, 'AdServingId') ?? inline);
    if (!id) continue;
    if (seen.has(id)) twice.add(id);
    seen.add(id);
  }
  return [...twice].map((id) =>
    finding('ad.serving-id-duplicate', path, `"${id.slice(0, 80)}" is the AdServingId of more than one ad`),
  );
};

export const checkAd: Check = ({ node, path }, version) =>
  isAtLeast(version, '4.1') && node.attributes.conditionalAd !== undefined
    ? [finding('ad.conditional-deprecated', `${path}@conditionalAd`, 'conditionalAd is deprecated since 4.1')]
    : [];

export const checkInline: Check = ({ node, path }, version) => {
  const findings: LintFinding[] = [];
  const creatives = children(child(node, 'Creatives'), 'Creative');
  const plays = creatives.some((one) => child(one, 'Linear') || child(one, 'NonLinearAds'));
  if (creatives.length > 0 && !plays) {
    const message = 'no creative is linear or non-linear; companions alone are no ad';
    findings.push(finding('inline.nothing-to-play', `${path}/Creatives`, message));
  }
  if (isAtLeast(version, '4.1') && child(node, 'Survey'))
    findings.push(finding('inline.survey-deprecated', `${path}/Survey`, 'Survey is deprecated since 4.1'));
  return findings;
};

/** The same URL twice for one event counts it twice. */
export const checkRepeatedTrackers: Check = ({ node, path, name }) => {
  const seen = new Set<string>();
  const findings: LintFinding[] = [];
  for (const tracker of children(node, name === 'TrackingEvents' ? 'Tracking' : 'Impression')) {
    const { event = 'impression', offset = '' } = tracker.attributes;
    const url = textOf(tracker);
    const key = `${event} ${offset} ${url}`;
    if (url !== '' && seen.has(key))
      findings.push(
        finding(
          'tracking.duplicate',
          path,
          `"${url.slice(0, 120)}" is called twice for ${event.slice(0, 40)}`,
        ),
      );
    seen.add(key);
  }
  return findings;
};

export const checkViewable: Check = ({ node, path, scope }) => {
  if (scope.includes('Verification')) return [];
  const told = ['Viewable', 'NotViewable', 'ViewUndetermined'].some((name) => child(node, name));
  return told ? [] : [finding('viewable.empty', path, 'ViewableImpression has no URL to call')];
};

/** The text demands it, the schema does not (VAST 4.2, section 3.19.2). */
export const checkBlockedCategories: Check = ({ node, path }) =>
  (node.attributes.authority ?? '').trim() === ''
    ? [finding('wrapper.blocked-no-authority', path, 'the list the categories are from is not named')]
    : [];
