import { isAtLeast, VAST_NAMESPACE } from '../version.ts';
import { textOf, type XmlElement } from '../xml/element.ts';
import { hasSlot } from '../xml/slots.ts';
import {
  checkAd,
  checkBlockedCategories,
  checkInline,
  checkRepeatedTrackers,
  checkServingIds,
  checkViewable,
} from './ad-checks.ts';
import { type Check, child, children } from './check.ts';
import { checkLinear } from './linear-checks.ts';
import {
  checkCaption,
  checkCompanions,
  checkFallbackImage,
  checkIcon,
  checkIdValue,
  checkInteractive,
  checkLadder,
  checkMediaAttributes,
  checkNonLinearEvents,
  checkOffset,
  checkResources,
  checkVerificationCode,
} from './part-checks.ts';
import { finding, type LintFinding } from './rules.ts';

const checkRoot: Check = ({ node, path }, version) => {
  const findings: LintFinding[] = [];
  const namespace = node.name.includes(':')
    ? node.attributes[`xmlns:${node.name.slice(0, node.name.indexOf(':'))}`]
    : node.attributes.xmlns;
  const wanted = isAtLeast(version, '4.0') ? VAST_NAMESPACE : undefined;
  if (namespace !== wanted) {
    const message =
      wanted === undefined
        ? `VAST ${version} has no namespace`
        : `the namespace is ${namespace ?? 'missing'}`;
    findings.push(finding('response.namespace', path, message));
  }
  const ads = children(node, 'Ad');
  if (ads.length === 0) findings.push(finding('response.no-ad', path, 'the response holds no ad'));
  return [...findings, ...checkPod(ads, path), ...checkAdIds(ads, path)];
};

function checkPod(ads: readonly XmlElement[], path: string): LintFinding[] {
  const findings: LintFinding[] = [];
  const seen = new Set<number>();
  for (const ad of ads) {
    const text = ad.attributes.sequence;
    if (text === undefined) continue;
    const sequence = Number(text);
    if (!/^\s*[+-]?\d+\s*$/.test(text) || sequence < 1) {
      findings.push(
        finding('pod.sequence-invalid', `${path}/Ad@sequence`, `"${text}" is not a number from 1`),
      );
    } else if (seen.has(sequence)) {
      findings.push(
        finding('pod.sequence-duplicate', `${path}/Ad@sequence`, `${sequence} is used more than once`),
      );
    } else seen.add(sequence);
  }
  const gap = [...seen].some((sequence) => sequence > seen.size);
  if (gap)
    findings.push(
      finding('pod.sequence-gap', `${path}/Ad@sequence`, `the pod is numbered ${[...seen].join(', ')}`),
    );
  return findings;
}

function checkAdIds(ads: readonly XmlElement[], path: string): LintFinding[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { attributes } of ads) {
    if (!attributes.id) continue;
    if (seen.has(attributes.id)) twice.add(attributes.id);
    seen.add(attributes.id);
  }
  return [...twice].map((id) =>
    finding('ad.id-duplicate', `${path}/Ad@id`, `"${id}" is used by more than one ad`),
  );
}

const checkAdContent: Check = ({ node, path, name }) => {
  const errors = children(node, 'Error');
  if (errors.length === 0) return [finding('error.missing', path, `${name} has no Error URL`)];
  return errors
    .filter(
      (error) =>
        textOf(error) !== '' &&
        !/\[ERRORCODE\]|%5BERRORCODE%5D/i.test(textOf(error)) &&
        !hasSlot(textOf(error)),
    )
    .map((error) =>
      finding(
        'error.no-macro',
        `${path}/Error`,
        `"${textOf(error).slice(0, 120)}" does not carry [ERRORCODE]`,
      ),
    );
};

const checkCreative: Check = ({ node, path, scope }) => {
  const parts = ['Linear', 'NonLinearAds', 'CompanionAds', 'CreativeExtensions'];
  const empty = !parts.some((part) => child(node, part)) && !scope.includes('Wrapper');
  return empty ? [finding('creative.empty', path, 'the creative has nothing to show')] : [];
};

const checkUniversalAdId: Check = ({ node, path }) => {
  const values = [node.attributes.idRegistry, node.attributes.idValue, textOf(node)];
  const unknown = values.some((value) => /^\s*unknown\s*$/i.test(value ?? ''));
  return unknown ? [finding('creative.universal-ad-id-unknown', path, 'the identifier is "unknown"')] : [];
};

const checkTracking: Check = ({ node, path }) =>
  node.attributes.event === 'progress' && node.attributes.offset === undefined
    ? [finding('tracking.progress-no-offset', path, 'progress has no offset')]
    : [];

const checkMediaFiles: Check = ({ node, path }, version) => {
  const findings: LintFinding[] = [];
  const files = children(node, 'MediaFile');
  const playable = files.some(
    ({ attributes }) => /^video\/mp4/i.test(attributes.type ?? '') && attributes.delivery === 'progressive',
  );
  const audio = files.length > 0 && files.every(({ attributes }) => /^audio\//i.test(attributes.type ?? ''));
  if (files.length > 0 && !playable && !audio) {
    findings.push(finding('media.no-mp4', path, 'no file is a progressive video/mp4'));
  }
  if (isAtLeast(version, '4.0') && !child(node, 'Mezzanine')) {
    findings.push(finding('media.no-mezzanine', path, 'there is no Mezzanine'));
  }
  return findings;
};

const checkMediaFile: Check = ({ node, path }) => {
  const { type = '', width, height, minBitrate, maxBitrate, apiFramework } = node.attributes;
  const findings: LintFinding[] = [];
  if (/^video\//i.test(type) && (Number(width) === 0 || Number(height) === 0)) {
    findings.push(finding('media.size-zero', path, `the size is ${width}x${height}`));
  }
  if (Number(minBitrate) > Number(maxBitrate)) {
    findings.push(
      finding('media.bitrate-range', path, `minBitrate ${minBitrate} is above maxBitrate ${maxBitrate}`),
    );
  }
  if (/shockwave|x-flv/i.test(type)) findings.push(finding('media.retired-type', path, `${type} is Flash`));
  if (/^vpaid$/i.test(apiFramework ?? ''))
    findings.push(finding('media.vpaid', path, 'the file is a VPAID unit'));
  return findings;
};

const checkVerification: Check = ({ node, path }) => {
  const findings: LintFinding[] = [];
  const vendor = (node.attributes.vendor ?? '').trim();
  if (vendor === '') findings.push(finding('verification.no-vendor', path, 'the vendor is missing'));
  else if (/moat/i.test(vendor))
    findings.push(finding('verification.vendor-retired', path, `the vendor is "${vendor}"`));
  else if (!/^[\w-]+(\.[\w-]+)+-[\w-]+$/.test(vendor)) {
    findings.push(finding('verification.vendor-form', path, `"${vendor}" is not of the form domain-use`));
  }
  const scripts = [...children(node, 'JavaScriptResource'), ...children(node, 'ExecutableResource')];
  if (scripts.length === 0)
    findings.push(finding('verification.no-resource', path, 'there is nothing to run'));
  for (const script of scripts) {
    const framework = script.attributes.apiFramework;
    if (!/^omid$/i.test(framework ?? '')) {
      findings.push(finding('verification.not-omid', path, `apiFramework is ${framework ?? 'missing'}`));
    }
  }
  const events = children(child(node, 'TrackingEvents'), 'Tracking').map(
    (tracker) => tracker.attributes.event,
  );
  if (!events.includes('verificationNotExecuted')) {
    findings.push(finding('verification.no-not-executed', path, 'nobody is told when it cannot run'));
  }
  return findings;
};

/** Checks beyond the schema, by element name. */
export const SEMANTIC_CHECKS: Readonly<Record<string, readonly Check[]>> = {
  VAST: [checkRoot, checkServingIds],
  Ad: [checkAd],
  InLine: [checkAdContent, checkInline, checkRepeatedTrackers],
  Wrapper: [checkAdContent, checkRepeatedTrackers],
  BlockedAdCategories: [checkBlockedCategories],
  ViewableImpression: [checkViewable],
  Creative: [checkCreative],
  UniversalAdId: [checkUniversalAdId, checkIdValue],
  Linear: [checkLinear],
  TrackingEvents: [checkRepeatedTrackers],
  Tracking: [checkTracking, checkOffset],
  MediaFiles: [checkMediaFiles, checkLadder],
  MediaFile: [checkMediaFile, checkMediaAttributes],
  InteractiveCreativeFile: [checkInteractive],
  ClosedCaptionFile: [checkCaption],
  Icon: [checkResources, checkIcon],
  IconClickFallbackImage: [checkFallbackImage],
  NonLinearAds: [checkNonLinearEvents],
  NonLinear: [checkResources],
  CompanionAds: [checkCompanions],
  Companion: [checkResources],
  Verification: [checkVerification],
  JavaScriptResource: [checkVerificationCode],
  ExecutableResource: [checkVerificationCode],
};
