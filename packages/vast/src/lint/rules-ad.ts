import { type LintRule, rule } from './rule.ts';
import { SECTIONS } from './sections.ts';

/** Rules about the document as such: XML, schema, URLs, macros. */
export const DOCUMENT_RULES = {
  VAST_PARSE_FAILED: rule('block', SECTIONS.xml, 'Send well-formed XML with VAST as its root element.'),
  VAST_VERSION_MISMATCH: rule('block', SECTIONS.root, 'State one of the versions 2.0 to 4.3.'),
  VAST_WRAPPER_DEPTH_EXCEEDED: rule(
    'block',
    SECTIONS.loops,
    'Take wrappers out of the chain: players follow five, and none that leads back.',
  ),
  'response.no-ad': rule('info', SECTIONS.root, 'Nothing to do when no ad was meant.'),
  'response.namespace': rule(
    'warn',
    SECTIONS.root,
    'Declare xmlns="http://www.iab.com/VAST" from 4.0 on, and none before.',
  ),
  'element.missing': rule('block', SECTIONS.schema, 'Add the element.'),
  'element.unexpected': rule(
    'warn',
    SECTIONS.schema,
    'Remove it, move it to where it belongs, or put it into an Extension.',
  ),
  'element.repeated': rule('warn', SECTIONS.schema, 'Keep one; players take the first or the last.'),
  'element.order': rule(
    'warn',
    SECTIONS.schema,
    'Put the elements in the order of the schema; validating receivers reject others.',
  ),
  'attribute.missing': rule('block', SECTIONS.schema, 'Add the attribute.'),
  'attribute.unexpected': rule('info', SECTIONS.schema, 'Remove the attribute; players ignore it.'),
  'value.invalid': rule('block', SECTIONS.schema, 'Write the value in the required form.'),
  'text.missing': rule('warn', SECTIONS.schema, 'Give the element a value or leave it out.'),
  'version.not-carried': rule(
    'warn',
    'the XML schema of the target version',
    'Serve a later version, or do without.',
  ),
  'url.invalid': rule('block', SECTIONS.uris, 'Write an absolute http or https URL without spaces.'),
  'url.scheme': rule('warn', SECTIONS.uris, 'Use https unless the player is known to handle the scheme.'),
  'url.insecure-resource': rule('warn', SECTIONS.media, 'Serve it over https; most players refuse http.'),
  'url.insecure-tracker': rule(
    'info',
    SECTIONS.tracking,
    'Use https; apps with transport security drop http requests.',
  ),
  'macro.unknown': rule(
    'info',
    SECTIONS.macroList,
    'Check the spelling, or agree on the macro with whoever calls the URL.',
  ),
  'macro.deprecated': rule('info', SECTIONS.macroList, 'Use the macro that replaced it.'),
  'macro.context': rule('info', SECTIONS.macroList, 'Take it out; players leave it as it is or write -1.'),
  'macro.case': rule('info', SECTIONS.macros, 'Write macro names in capitals; players know no others.'),
} as const satisfies Record<string, LintRule>;

/** Rules about pods, ads and wrappers. */
export const AD_RULES = {
  'ad.empty': rule('block', SECTIONS.ad, 'Put one InLine or one Wrapper into the Ad, or leave the Ad out.'),
  'ad.id-duplicate': rule('warn', SECTIONS.ad, 'Give every ad an id of its own.'),
  'ad.serving-id-duplicate': rule('warn', SECTIONS.servingId, 'Give every ad an AdServingId of its own.'),
  'ad.conditional-deprecated': rule(
    'info',
    SECTIONS.ad,
    'Take it out together with the VPAID unit it belongs to.',
  ),
  'pod.sequence-invalid': rule('block', SECTIONS.pod, 'Number the ads of a pod from 1.'),
  'pod.sequence-duplicate': rule('block', SECTIONS.pod, 'Give every ad of a pod its own number.'),
  'pod.sequence-gap': rule('info', SECTIONS.pod, 'Number the ads of a pod 1, 2, 3 without gaps.'),
  'impression.missing': rule(
    'block',
    SECTIONS.impression,
    'Add an Impression; without it the ad is never counted.',
  ),
  'impression.blank': rule(
    'info',
    SECTIONS.impression,
    'Nothing to do when the impression is counted elsewhere.',
  ),
  'inline.no-ad-serving-id': rule(
    'block',
    SECTIONS.servingId,
    'Add an AdServingId that is unique to this serving.',
  ),
  'inline.nothing-to-play': rule('block', SECTIONS.creative, 'Add a creative with Linear or NonLinearAds.'),
  'inline.survey-deprecated': rule('info', SECTIONS.survey, 'Use a tracker of the survey vendor instead.'),
  'error.missing': rule('info', SECTIONS.error, 'Add an Error URL, or failures stay unseen.'),
  'error.no-macro': rule(
    'warn',
    SECTIONS.error,
    'Put [ERRORCODE] into the Error URL, or failures cannot be told apart.',
  ),
  'viewable.empty': rule('info', SECTIONS.viewable, 'Add a URL for a verdict, or leave the element out.'),
  'wrapper.impression-missing': rule(
    'warn',
    SECTIONS.impression,
    'Add an Impression, or the wrapper counts nothing.',
  ),
  'wrapper.no-tag-uri': rule('block', SECTIONS.tagUri, 'Add VASTAdTagURI with the tag to follow.'),
  'wrapper.not-followed': rule(
    'block',
    SECTIONS.wrapper,
    'Answer with an InLine ad, or ask the wrapper before to allow another.',
  ),
  'wrapper.several-not-allowed': rule(
    'warn',
    SECTIONS.wrapper,
    'Answer with one stand-alone ad, or ask the wrapper before to allow several.',
  ),
  'wrapper.blocked-no-authority': rule(
    'warn',
    SECTIONS.blocked,
    'Name the list by its authority, or nobody can compare the categories.',
  ),
  'verification.no-vendor': rule(
    'block',
    SECTIONS.verification,
    'State the vendor, such as example.com-omid.',
  ),
  'verification.vendor-form': rule(
    'info',
    SECTIONS.verification,
    'Use the key the vendor assigned, by convention domain-use.',
  ),
  'verification.no-resource': rule('warn', SECTIONS.verification, 'Add a JavaScriptResource.'),
  'verification.not-omid': rule(
    'warn',
    SECTIONS.script,
    'Set apiFramework="omid"; players run nothing else.',
  ),
  'verification.no-browser-optional': rule(
    'info',
    SECTIONS.script,
    'Say whether the script also runs without a browser; apps run only what says so.',
  ),
  'verification.executable-no-type': rule(
    'warn',
    SECTIONS.executable,
    'State the type agreed with the player.',
  ),
  'verification.no-not-executed': rule(
    'info',
    SECTIONS.notExecuted,
    'Add a verificationNotExecuted tracker with [REASON].',
  ),
  'verification.vendor-retired': rule(
    'warn',
    SECTIONS.verification,
    'Take it out; Oracle Moat ended on 30 September 2024.',
  ),
} as const satisfies Record<string, LintRule>;
