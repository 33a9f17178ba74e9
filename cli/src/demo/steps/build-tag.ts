import { exitCodes } from '@cuepoint/contract';
import { lintVast } from '@cuepoint/vast';
import { CommandError } from '../../output/failure.ts';
import type { DemoContext } from '../context.ts';
import type { TagOutcome } from '../result.ts';

const vendors = ['ias', 'doubleverify'] as const;

/** The VAST 4.2 document with both measurement vendors, judged here once more by the same rules outsiders can run. */
export async function buildTag({ client }: DemoContext, creativeId: string): Promise<TagOutcome> {
  const tag = await client.creatives.getVastTag({ creativeId, vendors: [...vendors], vastVersion: '4.2' });
  const findings = lintVast(tag.xml).map(({ severity, rule, message, path }) => ({
    severity,
    rule,
    message,
    path,
  }));
  const blocking = findings.find((finding) => finding.severity === 'block');
  if (blocking)
    throw new CommandError(
      `the VAST document breaks ${blocking.rule} at ${blocking.path}: ${blocking.message}`,
      exitCodes.blocked,
    );
  return {
    vastVersion: tag.vastVersion,
    tagUrl: tag.tagUrl,
    vendors: [...tag.xml.matchAll(/<Verification\b[^>]*\bvendor="([^"]+)"/g)].map((match) => match[1]!),
    bytes: Buffer.byteLength(tag.xml),
    findings,
    warnings: tag.warnings,
  };
}
