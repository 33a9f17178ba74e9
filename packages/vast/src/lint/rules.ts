/** `block`: players reject or misread it. `warn`: it costs delivery, money or measurement. `info`: worth knowing. */
export type LintSeverity = 'block' | 'warn' | 'info';

/** A rule as data: how bad, what to do, and where the standard says so. */
export interface LintRule {
  readonly severity: LintSeverity;
  readonly remedy: string;
  /** Section of VAST 4.2 unless another is named. */
  readonly spec: string;
}

function rule(severity: LintSeverity, spec: string, remedy: string): LintRule {
  return { severity, remedy, spec };
}

const URLS = 'VAST 4.2, 3 (URIs are absolute and may carry macros)';
const POD = 'VAST 4.2, 3.3 (Ad, sequence)';
const INLINE = 'VAST 4.2, 3.4 (InLine)';
const LINEAR = 'VAST 4.2, 3.8 (Linear)';
const MEDIA = 'VAST 4.2, 3.9 (MediaFiles)';
const TRACKING = 'VAST 4.2, 3.14 (TrackingEvents)';
const VERIFICATION = 'VAST 4.2, 3.17 (Verification)';
const WRAPPER = 'VAST 4.2, 3.19 (Wrapper)';
const MACROS = 'VAST 4.2, 6 (Macros)';
const SCHEMA = 'the XML schema of the stated version';

/** Every rule of `lintVast` by its stable id. */
export const LINT_RULES = {
  VAST_PARSE_FAILED: rule(
    'block',
    'VAST 4.2, 2.3.6.3 (error 100)',
    'Send well-formed XML with VAST as its root element.',
  ),
  VAST_VERSION_MISMATCH: rule(
    'block',
    'VAST 4.2, 3.2 (VAST, version)',
    'State one of the versions 2.0 to 4.3.',
  ),
  'response.no-ad': rule('info', 'VAST 4.2, 3.2 (VAST)', 'Nothing to do when no ad was meant.'),
  'response.namespace': rule(
    'warn',
    'VAST 4.2, 3.2 (VAST)',
    'Declare xmlns="http://www.iab.com/VAST" from 4.0 on, and none before.',
  ),
  'ad.empty': rule(
    'block',
    'VAST 4.2, 3.3 (Ad)',
    'Put one InLine or one Wrapper into the Ad, or leave the Ad out.',
  ),
  'ad.id-duplicate': rule('warn', 'VAST 4.2, 3.3 (Ad, id)', 'Give every ad an id of its own.'),
  'pod.sequence-invalid': rule('block', POD, 'Number the ads of a pod from 1.'),
  'pod.sequence-duplicate': rule('block', POD, 'Give every ad of a pod its own number.'),
  'pod.sequence-gap': rule('info', POD, 'Number the ads of a pod 1, 2, 3 without gaps.'),
  'element.missing': rule('block', SCHEMA, 'Add the element.'),
  'element.unexpected': rule(
    'warn',
    SCHEMA,
    'Remove it, move it to where it belongs, or put it into an Extension.',
  ),
  'element.repeated': rule('warn', SCHEMA, 'Keep one; players take the first or the last.'),
  'element.order': rule(
    'warn',
    SCHEMA,
    'Put the elements in the order of the schema; validating receivers reject others.',
  ),
  'attribute.missing': rule('block', SCHEMA, 'Add the attribute.'),
  'attribute.unexpected': rule('info', SCHEMA, 'Remove the attribute; players ignore it.'),
  'value.invalid': rule('block', SCHEMA, 'Write the value in the required form.'),
  'text.missing': rule('warn', SCHEMA, 'Give the element a value or leave it out.'),
  'url.invalid': rule('block', URLS, 'Write an absolute http or https URL without spaces.'),
  'url.scheme': rule('warn', URLS, 'Use https unless the player is known to handle the scheme.'),
  'url.insecure-resource': rule('warn', MEDIA, 'Serve it over https; most players refuse http.'),
  'url.insecure-tracker': rule(
    'info',
    TRACKING,
    'Use https; apps with transport security drop http requests.',
  ),
  'impression.missing': rule('block', INLINE, 'Add an Impression; without it the ad is never counted.'),
  'wrapper.impression-missing': rule('warn', WRAPPER, 'Add an Impression, or the wrapper counts nothing.'),
  'wrapper.no-tag-uri': rule('block', WRAPPER, 'Add VASTAdTagURI with the tag to follow.'),
  'inline.no-ad-serving-id': rule('block', INLINE, 'Add an AdServingId that is unique to this serving.'),
  'error.missing': rule('info', INLINE, 'Add an Error URL, or failures stay unseen.'),
  'error.no-macro': rule(
    'warn',
    MACROS,
    'Put [ERRORCODE] into the Error URL, or failures cannot be told apart.',
  ),
  'creative.no-universal-ad-id': rule(
    'block',
    'VAST 4.2, 3.7.1 (UniversalAdId)',
    'Add a UniversalAdId with its registry.',
  ),
  'creative.universal-ad-id-unknown': rule(
    'warn',
    'VAST 4.2, 3.7.1 (UniversalAdId)',
    'Use a registered id; publishers transcode and cap by it.',
  ),
  'creative.empty': rule(
    'block',
    'VAST 4.2, 3.7 (Creative)',
    'Give the creative a Linear, NonLinearAds or CompanionAds.',
  ),
  'linear.no-media': rule('block', MEDIA, 'Add at least one MediaFile.'),
  'linear.duration-zero': rule('block', LINEAR, 'State the real length of the media.'),
  'linear.skip-beyond-duration': rule('warn', LINEAR, 'Set skipoffset before the end, or leave it out.'),
  'linear.no-click-through': rule(
    'info',
    'VAST 4.2, 3.10 (VideoClicks)',
    'Add a ClickThrough where the screen can follow one.',
  ),
  'tracking.quartiles-missing': rule(
    'warn',
    TRACKING,
    'Add start, firstQuartile, midpoint, thirdQuartile and complete; completion cannot be reported otherwise.',
  ),
  'tracking.progress-no-offset': rule('block', TRACKING, 'Give every progress tracker an offset.'),
  'tracking.offset-beyond-duration': rule(
    'warn',
    TRACKING,
    'Set the offset within the duration, or the tracker never fires.',
  ),
  'icon.beyond-duration': rule(
    'warn',
    'VAST 4.2, 3.11 (Icons)',
    'Set offset and duration of the icon within the ad.',
  ),
  'media.no-mp4': rule('warn', MEDIA, 'Add a progressive MP4; it is what every connected-TV player takes.'),
  'media.no-mezzanine': rule('info', MEDIA, 'Add a Mezzanine, which server-side insertion transcodes from.'),
  'media.size-zero': rule('warn', MEDIA, 'State width and height of the file in pixels.'),
  'media.bitrate-range': rule('warn', MEDIA, 'Make minBitrate at most maxBitrate, or state bitrate alone.'),
  'media.retired-type': rule('warn', MEDIA, 'Replace Flash by MP4; no current player runs it.'),
  'media.vpaid': rule(
    'warn',
    'VAST 4.1 (VPAID is deprecated)',
    'Use SIMID for interaction and OMID for verification.',
  ),
  'verification.no-vendor': rule('block', VERIFICATION, 'State the vendor, such as example.com-omid.'),
  'verification.vendor-form': rule(
    'info',
    VERIFICATION,
    'Use the key the vendor assigned, by convention domain-use.',
  ),
  'verification.no-resource': rule('warn', VERIFICATION, 'Add a JavaScriptResource.'),
  'verification.not-omid': rule('warn', VERIFICATION, 'Set apiFramework="omid"; players run nothing else.'),
  'verification.no-not-executed': rule(
    'info',
    VERIFICATION,
    'Add a verificationNotExecuted tracker with [REASON].',
  ),
  'verification.vendor-retired': rule(
    'warn',
    VERIFICATION,
    'Take it out; Oracle Moat ended on 30 September 2024.',
  ),
  'macro.unknown': rule(
    'info',
    MACROS,
    'Check the spelling, or agree on the macro with whoever calls the URL.',
  ),
  'macro.deprecated': rule('info', MACROS, 'Use the macro that replaced it.'),
  'version.not-carried': rule(
    'warn',
    'the XML schema of the target version',
    'Serve a later version, or do without.',
  ),
} as const satisfies Record<string, LintRule>;

/** Stable id of a rule. */
export type LintRuleId = keyof typeof LINT_RULES;

/** One observation about a document. */
export interface LintFinding extends LintRule {
  readonly rule: LintRuleId;
  /** Elements from the root; positions from 1 where there are several. */
  readonly path: string;
  readonly message: string;
}

/** A finding of a rule at a place. */
export function finding(rule: LintRuleId, path: string, message: string): LintFinding {
  return { rule, path, message, ...LINT_RULES[rule] };
}
