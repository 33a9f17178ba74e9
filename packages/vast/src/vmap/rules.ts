import { type LintRule, rule } from '../lint/rule.ts';
import { LINT_RULES, type LintRuleId } from '../lint/rules.ts';

const ROOT = 'VMAP 1.0.1, 2.3 (VMAP)';
const NAMESPACE = 'VMAP 1.0.1, 2.2 (Using VMAP with VAST)';
const BREAK = 'VMAP 1.0.1, 2.3.1 (AdBreak)';
const SOURCE = 'VMAP 1.0.1, 2.3.2 (AdSource)';
const TRACKING = 'VMAP 1.0.1, 2.3.3 (TrackingEvents)';
const ERRORS = 'VMAP 1.0.1, 2.5 (Error handling)';
const EXTENSIONS = 'VMAP 1.0.1, 2.7 (Extensions)';
const SCHEMA = 'the XML schema of VMAP 1.0.1';

/** Every rule of `lintVmap` by its stable id, beside those of `lintVast` for the VAST inside and for URLs. */
export const VMAP_LINT_RULES = {
  VMAP_PARSE_FAILED: rule('block', ROOT, 'Send well-formed XML with VMAP as its root element.'),
  VMAP_VERSION_MISMATCH: rule('block', ROOT, 'State version="1.0".'),
  'vmap.namespace': rule(
    'warn',
    NAMESPACE,
    'Declare the namespace http://www.iab.net/videosuite/vmap with the prefix vmap.',
  ),
  'vmap.no-break': rule('info', 'VMAP 1.0.1, 2.6 (No ad break)', 'Nothing to do when no break was meant.'),
  'vmap.element-unexpected': rule('warn', SCHEMA, 'Remove it, or put it into an Extension.'),
  'vmap.element-repeated': rule('block', SCHEMA, 'Keep one; which of them players take is not settled.'),
  'vmap.element-order': rule('warn', SCHEMA, 'Put AdSource before TrackingEvents before Extensions.'),
  'vmap.attribute-unexpected': rule('info', SCHEMA, 'Remove the attribute; players ignore it.'),
  'vmap.value-invalid': rule('block', SCHEMA, 'Write the value in the required form.'),
  'vmap.time-offset-missing': rule('block', BREAK, 'State when the break is, such as start or 00:10:00.'),
  'vmap.time-offset-invalid': rule(
    'block',
    BREAK,
    'Write start, end, HH:MM:SS, HH:MM:SS.mmm, a whole percentage such as 25%, or a position such as #1.',
  ),
  'vmap.time-offset-order': rule('info', BREAK, 'Put the breaks in the order in which they are played.'),
  'vmap.time-offset-duplicate': rule(
    'warn',
    BREAK,
    'Merge the breaks, or let each allow another type; only one of them can be played.',
  ),
  'vmap.time-offset-beyond-content': rule(
    'warn',
    BREAK,
    'Set the break within the content, or it is never played.',
  ),
  'vmap.position-ignored': rule(
    'warn',
    BREAK,
    'Use positions alone, or times alone; players may ignore positions.',
  ),
  'vmap.break-type-missing': rule('block', BREAK, 'State linear, nonlinear or display.'),
  'vmap.break-type-invalid': rule(
    'block',
    BREAK,
    'Write linear, nonlinear or display, in small letters and separated by commas without spaces.',
  ),
  'vmap.break-type-mismatch': rule(
    'warn',
    'VMAP 1.0.1, 2.4 (Handling ad breaks)',
    'Allow the type of the ads, or answer with ads of the type allowed.',
  ),
  'vmap.break-id-duplicate': rule('warn', BREAK, 'Give every break an id of its own.'),
  'vmap.repeat-after-invalid': rule('block', BREAK, 'Write a time above zero as HH:MM:SS or HH:MM:SS.mmm.'),
  'vmap.repeat-after-pointless': rule(
    'warn',
    BREAK,
    'Repeat a break at a time, not at the end of the content.',
  ),
  'vmap.ad-source-missing': rule('warn', SOURCE, 'Add an AdSource; a break without one can only be tracked.'),
  'vmap.ad-source-empty': rule('block', SOURCE, 'Add VASTAdData, AdTagURI or CustomAdData.'),
  'vmap.ad-source-several': rule('block', SOURCE, 'Keep one of VASTAdData, AdTagURI and CustomAdData.'),
  'vmap.ad-source-id': rule('info', SCHEMA, 'Use an integer where the receiver validates.'),
  'vmap.template-type-missing': rule('block', SOURCE, 'State what the tag answers with, such as vast3.'),
  'vmap.template-type-unlisted': rule(
    'info',
    SCHEMA,
    'Use vast1, vast2, vast3 or proprietary where the receiver validates.',
  ),
  'vmap.vast-missing': rule('block', SOURCE, 'Put a VAST element into VASTAdData, or leave AdSource out.'),
  'vmap.vast-as-text': rule('warn', NAMESPACE, 'Embed the VAST as elements, not in CDATA.'),
  'vmap.several-not-allowed': rule(
    'warn',
    SOURCE,
    'Set allowMultipleAds="true", or answer with one ad; players take one.',
  ),
  'vmap.wrapper-not-followed': rule(
    'warn',
    SOURCE,
    'Set followRedirects="true", or answer with InLine ads; players ignore the wrapper.',
  ),
  'vmap.event-missing': rule('block', TRACKING, 'State the event.'),
  'vmap.event-invalid': rule('block', TRACKING, 'Use breakStart, breakEnd or error.'),
  'vmap.tracking-duplicate': rule('warn', TRACKING, 'Keep one of them, or the event is counted twice.'),
  'vmap.url-missing': rule('warn', SCHEMA, 'Add the URL, or leave the element out.'),
  'vmap.error-no-macro': rule(
    'info',
    ERRORS,
    'Put [ERROR_CODE] into the URL, or errors cannot be told apart; [ERRORCODE] is VAST, not VMAP.',
  ),
  'vmap.extension-type-missing': rule('warn', EXTENSIONS, 'State a type; a URL makes it unique.'),
  'vmap.root-extensions': rule(
    'info',
    EXTENSIONS,
    'Know that validating receivers reject it; the text has it and the schema does not.',
  ),
} as const satisfies Record<string, LintRule>;

/** Stable id of a rule. */
export type VmapLintRuleId = keyof typeof VMAP_LINT_RULES;

/** One observation about a document or about the VAST inside. */
export interface VmapLintFinding extends LintRule {
  readonly rule: VmapLintRuleId | LintRuleId;
  /** Elements from the root, as written; positions from 1 where there are several. */
  readonly path: string;
  readonly message: string;
}

/** A finding of a rule at a place. */
export function vmapFinding(
  rule: VmapLintRuleId | LintRuleId,
  path: string,
  message: string,
): VmapLintFinding {
  const known: LintRule =
    rule in VMAP_LINT_RULES ? VMAP_LINT_RULES[rule as VmapLintRuleId] : LINT_RULES[rule as LintRuleId];
  return { rule, path, message, ...known };
}
