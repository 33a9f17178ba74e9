import type { MacroContext } from '../macro-list.ts';
import { findMacros, macroDefinition } from '../macros.ts';
import { BLANK_URL, URL_ELEMENTS, type UrlRole } from '../url-elements.ts';
import { isAtLeast, type VastVersion } from '../version.ts';
import { textOf } from '../xml/element.ts';
import { replaceSlots } from '../xml/slots.ts';
import { finding, type LintFinding } from './rules.ts';
import type { Visit } from './structure.ts';

const ABSOLUTE = /^https?:\/\/(?:[^\s/?#@]+@)?(?:\[[0-9a-f:.]+\]|[^\s/?#@:[\]]+)(?::\d{1,5})?(?:[/?#]\S*)?$/i;
// Macros of this standard, of ad servers (%%X%%, ${X}, {X}) and our own slots: all filled before the call.
const STARTS_WITH_PLACEHOLDER = /^(?:\[[A-Za-z][\w-]*\]|%%[\w:]+%%|\$?\{[\w:.]+\})/;
const PLACEHOLDER = /\[[A-Za-z][\w-]*\]|%%[\w:]+%%|\$?\{[\w:.]+\}/g;
const CLICK_TRACKERS = new Set([
  'ClickTracking',
  'CustomClick',
  'IconClickTracking',
  'NonLinearClickTracking',
  'CompanionClickTracking',
]);

/** Checks one element that holds a URL; nothing for any other. */
export function checkUrl(visit: Visit, version: VastVersion): LintFinding[] {
  const { node, name, path } = visit;
  const role = URL_ELEMENTS.get(name);
  if (role === undefined) return [];
  const text = textOf(node);
  if (text === '') return [];
  if (name === 'Impression' && text === BLANK_URL)
    return [finding('impression.blank', path, `"${BLANK_URL}" is not called by any player`)];
  return [...checkForm(text, role, name, path, version), ...checkMacros(text, role, visit)];
}

/** The form of a URL: absolute, of a scheme players know, and secure. */
export function checkForm(
  text: string,
  role: UrlRole,
  name: string,
  path: string,
  version: VastVersion,
): LintFinding[] {
  // What an executable is named by is between player and vendor; the standard demands no URL.
  if (name === 'ExecutableResource' && !/^https?:/i.test(text)) return [];
  if (name === 'InteractiveCreativeFile' && /^data:/i.test(text) && isAtLeast(version, '4.3')) return [];
  // A slot at the start stands for a whole URL, elsewhere for a part of one.
  const url = replaceSlots(text, (offset) => (offset === 0 ? 'https://slot.invalid/' : 'x')).replace(
    PLACEHOLDER,
    'x',
  );
  // A URL that starts with a macro is decided by whoever fills it.
  if (!ABSOLUTE.test(url) && STARTS_WITH_PLACEHOLDER.test(text)) return [];
  const shown = `"${url.slice(0, 120)}"`;
  if (!ABSOLUTE.test(url)) {
    const scheme = /^([a-z][a-z0-9+.-]*):\S+$/i.exec(url)?.[1]?.toLowerCase();
    const known = scheme !== undefined && !/^(https?|javascript)$/.test(scheme);
    return known && (role === 'destination' || scheme === 'data')
      ? [finding('url.scheme', path, `${shown} uses the scheme ${scheme}`)]
      : [finding('url.invalid', path, `${shown} is not an absolute http or https URL`)];
  }
  if (!/^http:/i.test(url) || role === 'destination') return [];
  const rule = role === 'tracker' ? 'url.insecure-tracker' : 'url.insecure-resource';
  return [finding(rule, path, `${shown} is not https`)];
}

function checkMacros(text: string, role: UrlRole, visit: Visit): LintFinding[] {
  const { path } = visit;
  const findings: LintFinding[] = [];
  const contexts = contextsOf(role, visit);
  for (const { name: macro, definition } of findMacros(text)) {
    if (!definition) {
      findings.push(finding('macro.unknown', path, `[${macro}] is not a macro of the standard`));
      continue;
    }
    if (definition.deprecatedFor) {
      const instead = definition.deprecatedFor.map((other) => `[${other}]`).join(' or ');
      findings.push(finding('macro.deprecated', path, `[${macro}] was withdrawn; use ${instead}`));
    }
    if (contexts && !contexts.some((context) => definition.contexts.includes(context))) {
      const filled = `players fill it in ${definition.contexts.map(contextName).join(' and ')}`;
      findings.push(finding('macro.context', path, `[${macro}] has no value here; ${filled}`));
    }
  }
  for (const [whole, written] of text.matchAll(/\[([A-Za-z][A-Za-z0-9]*)\]/g)) {
    const upper = (written as string).toUpperCase();
    if (written !== upper && macroDefinition(upper))
      findings.push(finding('macro.case', path, `${whole} is not [${upper}]`));
  }
  return findings;
}

/** Where a URL is used, as far as the standard says; undefined where it says nothing. */
function contextsOf(role: UrlRole, { node, name }: Visit): readonly MacroContext[] | undefined {
  if (role === 'tag') return ['request'];
  if (role !== 'tracker') return undefined;
  if (name === 'Error') return ['tracking', 'error'];
  if (CLICK_TRACKERS.has(name)) return ['tracking', 'click'];
  if (node.attributes.event === 'verificationNotExecuted') return ['tracking', 'verification'];
  return ['tracking'];
}

function contextName(context: MacroContext): string {
  switch (context) {
    case 'request':
      return 'VASTAdTagURI';
    case 'click':
      return 'click trackers';
    case 'error':
      return 'Error URLs';
    case 'verification':
      return 'verificationNotExecuted trackers';
    case 'tracking':
      return 'trackers';
  }
}
