import { isAtLeast } from '../version.ts';
import { textOf } from '../xml/element.ts';
import { type Check, child, children } from './check.ts';
import { finding, type LintFinding } from './rules.ts';

const READY_TO_SERVE = 3;
/** Events that need a timeline (VAST 4.2, section 3.14.1). */
const LINEAR_ONLY = new Set([
  'loaded',
  'start',
  'firstQuartile',
  'midpoint',
  'thirdQuartile',
  'complete',
  'progress',
  'closeLinear',
]);

/** High, medium and low quality of every type (VAST 4.2, sections 3.9 and 3.9.1). */
export const checkLadder: Check = ({ node, path }, version) => {
  if (!isAtLeast(version, '4.0')) return [];
  const steps = new Map<string, number>();
  for (const { attributes } of children(node, 'MediaFile')) {
    const { type = '', delivery, apiFramework } = attributes;
    if (delivery !== 'progressive' || apiFramework !== undefined || !/^(video|audio)\//i.test(type)) continue;
    steps.set(type.toLowerCase(), (steps.get(type.toLowerCase()) ?? 0) + 1);
  }
  return [...steps]
    .filter(([, count]) => count < READY_TO_SERVE)
    .map(([type, count]) =>
      finding(
        'media.ladder',
        path,
        `${count} of ${READY_TO_SERVE} ready-to-serve files of ${type.slice(0, 40)}`,
      ),
    );
};

export const checkMediaAttributes: Check = ({ node, path }, version) => {
  const { delivery, bitrate, minBitrate, maxBitrate, apiFramework } = node.attributes;
  const findings: LintFinding[] = [];
  const stated = bitrate !== undefined || (minBitrate !== undefined && maxBitrate !== undefined);
  if (delivery === 'progressive' && !stated)
    findings.push(finding('media.no-bitrate', path, 'the file states no bitrate to choose by'));
  if (isAtLeast(version, '4.1') && apiFramework !== undefined && !/^vpaid$/i.test(apiFramework)) {
    const message = `apiFramework="${apiFramework.slice(0, 40)}" on a media file is deprecated since 4.1`;
    findings.push(finding('media.framework-deprecated', `${path}@apiFramework`, message));
  }
  return findings;
};

/** VAST 4.2, section 3.9.3; SIMID 1.2, section 4. */
export const checkInteractive: Check = ({ node, path }) => {
  const { apiFramework = '', type } = node.attributes;
  const framework = apiFramework.trim();
  if (framework === '')
    return [finding('interactive.no-framework', path, 'no apiFramework says how to run the file')];
  if (/^vpaid$/i.test(framework)) return [finding('media.vpaid', path, 'the file is a VPAID unit')];
  if (!/^simid$/i.test(framework))
    return [finding('interactive.not-simid', path, `apiFramework is "${framework.slice(0, 40)}"`)];
  return type !== undefined && /^text\/html\b/i.test(type)
    ? []
    : [finding('interactive.not-html', path, `a SIMID creative is text/html, not ${type ?? 'untyped'}`)];
};

export const checkCaption: Check = ({ node, path }) => {
  const { type, language } = node.attributes;
  const findings: LintFinding[] = [];
  if (!type) findings.push(finding('caption.no-type', path, 'no type says what kind of captions these are'));
  if (!language) findings.push(finding('caption.no-language', path, 'no language is stated'));
  else if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(language)) {
    const message = `"${language.slice(0, 40)}" is not a language such as "en" or "zh-TW"`;
    findings.push(finding('caption.language-form', `${path}@language`, message));
  }
  return findings;
};

export const checkIcon: Check = ({ node, path }, version) => {
  const wanted = ['program', 'width', 'height', 'xPosition', 'yPosition'];
  const missing = wanted.filter((name) => (node.attributes[name] ?? '').trim() === '');
  // 3.0 demands them in its schema.
  return missing.length > 0 && isAtLeast(version, '4.0')
    ? [finding('icon.incomplete', path, `the icon does not state ${missing.join(', ')}`)]
    : [];
};

export const checkFallbackImage: Check = ({ node, path }) => {
  const missing = ['width', 'height'].filter((name) => node.attributes[name] === undefined);
  if (!child(node, 'StaticResource')) missing.push('StaticResource');
  return missing.length > 0
    ? [finding('icon.fallback-incomplete', path, `the image lacks ${missing.join(', ')}`)]
    : [];
};

/** Something to show, where it is not a mere tracker of a wrapper (VAST 4.2, section 3.15). */
export const checkResources: Check = ({ node, path, name, scope }) => {
  if (scope.includes('Wrapper') && name !== 'Icon') return [];
  const shows = ['StaticResource', 'IFrameResource', 'HTMLResource'].some((one) => child(node, one));
  return shows
    ? []
    : [finding('resource.missing', path, `${name} has no StaticResource, IFrameResource or HTMLResource`)];
};

export const checkCompanions: Check = ({ node, path }) => {
  const findings: LintFinding[] = [];
  const companions = children(node, 'Companion');
  if (companions.length === 0)
    findings.push(finding('companion.none', path, 'CompanionAds holds no Companion'));
  for (const companion of companions) {
    for (const { attributes } of children(child(companion, 'TrackingEvents'), 'Tracking')) {
      if (attributes.event === undefined || attributes.event === 'creativeView') continue;
      const message = `"${attributes.event.slice(0, 40)}" does not happen to a companion, only creativeView does`;
      findings.push(finding('tracking.event-misplaced', `${path}/Companion/TrackingEvents`, message));
    }
  }
  return findings;
};

export const checkNonLinearEvents: Check = ({ node, path }, version) =>
  children(child(node, 'TrackingEvents'), 'Tracking').flatMap(({ attributes }) => {
    const { event = '' } = attributes;
    if (!isAtLeast(version, '4.0') || !LINEAR_ONLY.has(event)) return [];
    const message = `"${event}" does not happen to an overlay, which has no timeline`;
    return [finding('tracking.event-misplaced', `${path}/TrackingEvents`, message)];
  });

/** An offset says when `progress` happens, in a linear ad only (VAST 4.2, section 3.14.3). */
export const checkOffset: Check = ({ node, path }) => {
  const { event, offset } = node.attributes;
  return offset !== undefined && event !== undefined && event !== 'progress'
    ? [finding('tracking.offset-unused', `${path}@offset`, `players read no offset of ${event.slice(0, 40)}`)]
    : [];
};

/** 4.0 says the value twice; later versions believe the text (VAST 4.2, section 3.7.1). */
export const checkIdValue: Check = ({ node, path }) => {
  const { idValue } = node.attributes;
  const text = textOf(node);
  if (idValue === undefined || text === '' || idValue.trim() === text) return [];
  const message = `idValue is "${idValue.slice(0, 80)}" and the text "${text.slice(0, 80)}"`;
  return [finding('creative.universal-ad-id-mismatch', path, message)];
};

/** What the text demands of verification code and the schema does not (VAST 4.2, sections 3.17.1 and 3.17.2). */
export const checkVerificationCode: Check = ({ node, path, name }, version) => {
  if (!isAtLeast(version, '4.1')) return [];
  if (name === 'ExecutableResource')
    return node.attributes.type
      ? []
      : [finding('verification.executable-no-type', path, 'no type says what kind of executable it is')];
  return node.attributes.browserOptional === undefined
    ? [finding('verification.no-browser-optional', path, 'browserOptional is not stated')]
    : [];
};
