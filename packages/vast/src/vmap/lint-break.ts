import { childPaths } from '../fit.ts';
import { children } from '../lint/check.ts';
import { readTime } from '../time.ts';
import { localName, textOf, type XmlElement } from '../xml/element.ts';
import type { VmapLintOptions } from './lint.ts';
import { checkAddress, checkKnown } from './lint-shared.ts';
import { checkSource } from './lint-source.ts';
import { BREAK_TYPES, VMAP_EVENTS } from './model.ts';
import { type VmapLintFinding, vmapFinding } from './rules.ts';
import { readTimeOffset } from './time-offset.ts';

const ORDER = ['AdSource', 'TrackingEvents', 'Extensions'];
const ATTRIBUTES = ['timeOffset', 'breakType', 'breakId', 'repeatAfter'];

/** Checks of one break (VMAP 1.0.1, sections 2.3.1 to 2.3.3). */
export function checkBreak(node: XmlElement, path: string, options: VmapLintOptions): VmapLintFinding[] {
  const findings = [...checkAttributes(node, path), ...checkChildren(node, path)];
  const parts = [...childPaths(node, path)];
  const types = (node.attributes.breakType ?? '').split(',', 16).map((type) => type.trim());
  for (const [part, partPath] of parts) {
    const name = localName(part.name);
    if (name === 'AdSource') findings.push(...checkSource(part, partPath, types, options));
    if (name === 'TrackingEvents') findings.push(...checkTracking(part, partPath));
    if (name === 'Extensions') findings.push(...checkExtensions(part, partPath));
  }
  if (!parts.some(([{ name }]) => localName(name) === 'AdSource'))
    findings.push(vmapFinding('vmap.ad-source-missing', path, 'the break has no AdSource'));
  return findings;
}

function checkAttributes(node: XmlElement, path: string): VmapLintFinding[] {
  const { timeOffset, breakType, repeatAfter } = node.attributes;
  const findings: VmapLintFinding[] = [];
  if (timeOffset === undefined)
    findings.push(vmapFinding('vmap.time-offset-missing', path, 'the break does not say when it is'));
  // The text knows whole percentages only.
  else if (readTimeOffset(timeOffset) === undefined || /\.\d+%$/.test(timeOffset)) {
    const message = `"${timeOffset.slice(0, 80)}" is no place in the content`;
    findings.push(vmapFinding('vmap.time-offset-invalid', `${path}@timeOffset`, message));
  }
  if (breakType === undefined || breakType.trim() === '')
    findings.push(vmapFinding('vmap.break-type-missing', path, 'the break does not say what may be shown'));
  else findings.push(...checkBreakType(breakType, path));
  if (repeatAfter !== undefined) {
    const ms = readTime(repeatAfter);
    const message = `"${repeatAfter.slice(0, 80)}" is no distance to repeat a break at`;
    if (ms === undefined || ms === 0)
      findings.push(vmapFinding('vmap.repeat-after-invalid', `${path}@repeatAfter`, message));
    else if (timeOffset === 'end')
      findings.push(
        vmapFinding('vmap.repeat-after-pointless', `${path}@repeatAfter`, 'nothing follows the end'),
      );
  }
  return [...findings, ...checkKnown(node, path, ATTRIBUTES)];
}

function checkBreakType(breakType: string, path: string): VmapLintFinding[] {
  const words = breakType.split(',', 16);
  const strange = words.find(
    (word, at) => !BREAK_TYPES.some((known) => known === word) || words.indexOf(word) < at,
  );
  const message = `"${breakType.slice(0, 80)}" is no list of break types`;
  return strange === undefined ? [] : [vmapFinding('vmap.break-type-invalid', `${path}@breakType`, message)];
}

function checkChildren(node: XmlElement, path: string): VmapLintFinding[] {
  const findings: VmapLintFinding[] = [];
  const seen = new Set<string>();
  let furthest = 0;
  for (const [child, childPath] of childPaths(node, path)) {
    const name = localName(child.name);
    const index = ORDER.indexOf(name);
    if (index < 0) {
      findings.push(vmapFinding('vmap.element-unexpected', childPath, `${name} is not part of AdBreak`));
      continue;
    }
    if (seen.has(name))
      findings.push(vmapFinding('vmap.element-repeated', childPath, `AdBreak takes only one ${name}`));
    else if (index < furthest)
      findings.push(vmapFinding('vmap.element-order', childPath, 'it comes too late inside AdBreak'));
    seen.add(name);
    furthest = Math.max(furthest, index);
  }
  return findings;
}

function checkTracking(node: XmlElement, path: string): VmapLintFinding[] {
  const findings: VmapLintFinding[] = [];
  const seen = new Set<string>();
  for (const [child, childPath] of childPaths(node, path)) {
    if (localName(child.name) !== 'Tracking') {
      const message = `${localName(child.name)} is not part of TrackingEvents`;
      findings.push(vmapFinding('vmap.element-unexpected', childPath, message));
      continue;
    }
    const { event } = child.attributes;
    const url = textOf(child);
    if (event === undefined)
      findings.push(vmapFinding('vmap.event-missing', childPath, 'the tracker names no event'));
    else if (!VMAP_EVENTS.some((known) => known === event)) {
      const message = `"${event.slice(0, 80)}" is not an event of a break`;
      findings.push(vmapFinding('vmap.event-invalid', `${childPath}@event`, message));
    }
    findings.push(...checkAddress(child, childPath, 'tracker'));
    if (event === 'error' && url !== '' && !/\[ERROR_CODE\]|%5BERROR_CODE%5D/.test(url))
      findings.push(vmapFinding('vmap.error-no-macro', childPath, 'the URL does not carry [ERROR_CODE]'));
    const key = `${event} ${url}`;
    if (url !== '' && seen.has(key))
      findings.push(
        vmapFinding(
          'vmap.tracking-duplicate',
          childPath,
          `"${url.slice(0, 120)}" is called twice for ${event}`,
        ),
      );
    seen.add(key);
  }
  return findings;
}

function checkExtensions(node: XmlElement, path: string): VmapLintFinding[] {
  return children(node, 'Extension').flatMap(({ attributes }) =>
    attributes.type ? [] : [vmapFinding('vmap.extension-type-missing', path, 'an extension has no type')],
  );
}
