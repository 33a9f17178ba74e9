import { childPaths } from '../fit.ts';
import { child, children } from '../lint/check.ts';
import { lintTree } from '../lint/lint.ts';
import { checkVastRoot } from '../parse.ts';
import { localName, textOf, type XmlElement } from '../xml/element.ts';
import type { VmapLintOptions } from './lint.ts';
import { checkAddress, checkKnown } from './lint-shared.ts';
import { type VmapLintFinding, vmapFinding } from './rules.ts';

const CONTENTS = ['VASTAdData', 'AdTagURI', 'CustomAdData'];
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  AdTagURI: ['vast1', 'vast2', 'vast3', 'proprietary'],
  CustomAdData: ['vast1', 'vast2', 'proprietary'],
};
const ATTRIBUTES = ['id', 'allowMultipleAds', 'followRedirects'];

/** Checks of the source of a break's ads (VMAP 1.0.1, sections 2.3.2 and 2.4). */
export function checkSource(
  node: XmlElement,
  path: string,
  breakTypes: readonly string[],
  options: VmapLintOptions,
): VmapLintFinding[] {
  const findings = checkAttributes(node, path);
  let contents = 0;
  for (const [part, partPath] of childPaths(node, path)) {
    const name = localName(part.name);
    if (!CONTENTS.includes(name)) {
      findings.push(vmapFinding('vmap.element-unexpected', partPath, `${name} is not part of AdSource`));
      continue;
    }
    contents++;
    if (name === 'VASTAdData') findings.push(...checkVast(part, partPath, node, breakTypes, options));
    else {
      findings.push(...checkTemplate(part, partPath, name));
      if (name === 'AdTagURI') findings.push(...checkAddress(part, partPath, 'tag'));
    }
  }
  if (contents === 0)
    findings.push(vmapFinding('vmap.ad-source-empty', path, 'the source names neither ads nor a tag'));
  if (contents > 1)
    findings.push(vmapFinding('vmap.ad-source-several', path, `the source has ${contents} contents`));
  return findings;
}

function checkAttributes(node: XmlElement, path: string): VmapLintFinding[] {
  const findings: VmapLintFinding[] = [];
  for (const name of ['allowMultipleAds', 'followRedirects']) {
    const value = node.attributes[name];
    if (value !== undefined && !/^\s*(true|false|1|0)\s*$/.test(value)) {
      const message = `"${value.slice(0, 80)}" is not true or false`;
      findings.push(vmapFinding('vmap.value-invalid', `${path}@${name}`, message));
    }
  }
  const { id } = node.attributes;
  if (id !== undefined && !/^\s*[+-]?\d+\s*$/.test(id)) {
    const message = `"${id.slice(0, 80)}" is not an integer`;
    findings.push(vmapFinding('vmap.ad-source-id', `${path}@id`, message));
  }
  return [...findings, ...checkKnown(node, path, ATTRIBUTES)];
}

function checkTemplate(node: XmlElement, path: string, name: string): VmapLintFinding[] {
  const { templateType } = node.attributes;
  if (!templateType)
    return [vmapFinding('vmap.template-type-missing', path, `${name} does not state its templateType`)];
  if (TEMPLATES[name]?.includes(templateType)) return [];
  const message = `"${templateType.slice(0, 80)}" is none of ${TEMPLATES[name]?.join(', ')}`;
  return [vmapFinding('vmap.template-type-unlisted', `${path}@templateType`, message)];
}

function checkVast(
  data: XmlElement,
  path: string,
  source: XmlElement,
  breakTypes: readonly string[],
  options: VmapLintOptions,
): VmapLintFinding[] {
  const found = [...childPaths(data, path)].find(([{ name }]) =>
    /^(VAST|VideoAdServingTemplate)$/.test(localName(name)),
  );
  if (!found) {
    return textOf(data).startsWith('<')
      ? [vmapFinding('vmap.vast-as-text', path, 'the VAST is text and not elements')]
      : [vmapFinding('vmap.vast-missing', path, 'there is no VAST inside')];
  }
  const [tree, vastPath] = found;
  const root = checkVastRoot(tree);
  if (!root.ok) return [vmapFinding(root.code, vastPath, root.message)];
  const bound = options.maxFindings === undefined ? {} : { maxFindings: options.maxFindings };
  return [
    ...checkPromises(tree, vastPath, source, breakTypes),
    ...lintTree(tree, root.version, bound, vastPath),
  ];
}

/** What the break and its source allow, held against the ads inside. */
function checkPromises(
  tree: XmlElement,
  path: string,
  source: XmlElement,
  breakTypes: readonly string[],
): VmapLintFinding[] {
  const findings: VmapLintFinding[] = [];
  const ads = children(tree, 'Ad');
  const refuses = (name: string): boolean => /^\s*(false|0)\s*$/.test(source.attributes[name] ?? '');
  if (refuses('allowMultipleAds') && ads.length > 1) {
    const message = `allowMultipleAds="false" and there are ${ads.length} ads`;
    findings.push(vmapFinding('vmap.several-not-allowed', path, message));
  }
  if (refuses('followRedirects') && ads.some((ad) => child(ad, 'Wrapper'))) {
    const message = 'followRedirects="false" and an ad is a wrapper';
    findings.push(vmapFinding('vmap.wrapper-not-followed', path, message));
  }
  const creatives = ads.flatMap((ad) => {
    const inline = child(ad, 'InLine');
    return inline ? children(child(inline, 'Creatives'), 'Creative') : [];
  });
  const wanted = { linear: 'Linear', nonlinear: 'NonLinearAds', display: 'CompanionAds' } as const;
  const fits = Object.entries(wanted).some(
    ([type, name]) => breakTypes.includes(type) && creatives.some((creative) => child(creative, name)),
  );
  if (creatives.length > 0 && !fits) {
    const message = `no creative is of the type the break allows (${breakTypes.join(',').slice(0, 80)})`;
    findings.push(vmapFinding('vmap.break-type-mismatch', path, message));
  }
  return findings;
}
