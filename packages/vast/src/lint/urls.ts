import { findMacros } from '../macros.ts';
import { textOf } from '../xml/element.ts';
import { replaceSlots } from '../xml/slots.ts';
import { finding, type LintFinding } from './rules.ts';
import type { Visit } from './structure.ts';

const RESOURCES = new Set([
  'MediaFile',
  'Mezzanine',
  'InteractiveCreativeFile',
  'ClosedCaptionFile',
  'StaticResource',
  'IFrameResource',
  'JavaScriptResource',
  'ExecutableResource',
  'VASTAdTagURI',
]);
const TRACKERS = new Set([
  'Impression',
  'Error',
  'Tracking',
  'ClickTracking',
  'CustomClick',
  'Viewable',
  'NotViewable',
  'ViewUndetermined',
  'IconClickTracking',
  'IconViewTracking',
  'NonLinearClickTracking',
  'CompanionClickTracking',
  'Survey',
]);
const DESTINATIONS = new Set([
  'ClickThrough',
  'IconClickThrough',
  'NonLinearClickThrough',
  'CompanionClickThrough',
]);

const ABSOLUTE = /^https?:\/\/(?:[^\s/?#@]+@)?(?:\[[0-9a-f:.]+\]|[^\s/?#@:[\]]+)(?::\d{1,5})?(?:[/?#]\S*)?$/i;
// Macros of this standard, of ad servers (%%X%%, ${X}, {X}) and our own slots: all filled before the call.
const STARTS_WITH_PLACEHOLDER = /^(?:\[[A-Za-z][\w-]*\]|%%[\w:]+%%|\$?\{[\w:.]+\})/;
const PLACEHOLDER = /\[[A-Za-z][\w-]*\]|%%[\w:]+%%|\$?\{[\w:.]+\}/g;

/** Checks one element that holds a URL; nothing for any other. */
export function checkUrl({ node, name, path }: Visit): LintFinding[] {
  if (!RESOURCES.has(name) && !DESTINATIONS.has(name) && !TRACKERS.has(name)) return [];
  const text = textOf(node);
  if (text === '') return [];
  // A slot at the start stands for a whole URL, elsewhere for a part of one.
  const url = replaceSlots(text, (offset) => (offset === 0 ? 'https://slot.invalid/' : 'x')).replace(
    PLACEHOLDER,
    'x',
  );
  const findings: LintFinding[] = [];
  // A URL that starts with a macro is decided by whoever fills it.
  const open = !ABSOLUTE.test(url) && STARTS_WITH_PLACEHOLDER.test(text);
  if (!open) findings.push(...checkForm(url, name, path));
  for (const { name: macro, definition } of findMacros(text)) {
    if (!definition)
      findings.push(finding('macro.unknown', path, `[${macro}] is not a macro of the standard`));
    else if (definition.deprecatedFor) {
      const instead = definition.deprecatedFor.map((other) => `[${other}]`).join(' or ');
      findings.push(finding('macro.deprecated', path, `[${macro}] was withdrawn; use ${instead}`));
    }
  }
  return findings;
}

function checkForm(url: string, name: string, path: string): LintFinding[] {
  const shown = `"${url.slice(0, 120)}"`;
  if (!ABSOLUTE.test(url)) {
    const scheme = /^([a-z][a-z0-9+.-]*):\S+$/i.exec(url)?.[1]?.toLowerCase();
    const known = scheme !== undefined && !/^(https?|javascript)$/.test(scheme);
    return known && (DESTINATIONS.has(name) || scheme === 'data')
      ? [finding('url.scheme', path, `${shown} uses the scheme ${scheme}`)]
      : [finding('url.invalid', path, `${shown} is not an absolute http or https URL`)];
  }
  if (!/^http:/i.test(url) || DESTINATIONS.has(name)) return [];
  const rule = RESOURCES.has(name) ? 'url.insecure-resource' : 'url.insecure-tracker';
  return [finding(rule, path, `${shown} is not https`)];
}
