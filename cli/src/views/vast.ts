import type { getVastTag, OutputOf } from '@cuepoint/contract';
import type { Terminal } from '../output/terminal.ts';

type Tag = OutputOf<typeof getVastTag>;

/** The document alone on stdout, so that it can be piped; what there is to say about it on stderr. */
export function vastView(tag: Tag, terminal: Terminal): string {
  terminal.note(`tag ${tag.tagUrl}`);
  for (const warning of tag.warnings) terminal.note(`${terminal.paint('yellow', 'warning')} ${warning}`);
  // One line a rule: the same thing said of thirteen addresses is one thing.
  const byRule = new Map<string, Tag['findings']>();
  for (const finding of tag.findings)
    byRule.set(finding.rule, [...(byRule.get(finding.rule) ?? []), finding]);
  for (const [rule, [first, ...more]] of byRule) {
    const often = more.length > 0 ? `, and ${more.length} more` : '';
    terminal.note(`${first!.severity} ${rule}: ${first!.message}${often}`);
  }
  for (const dropped of tag.dropped) terminal.note(`left out in this version: ${dropped}`);
  return tag.xml;
}
