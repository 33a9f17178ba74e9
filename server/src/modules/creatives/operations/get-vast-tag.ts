import { getVastTag } from '@cuepoint/contract';
import { lintVast, serializeVast } from '@cuepoint/vast';
import { eq } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import { isApproved } from '../domain/approval.ts';
import { buildVastDocument, sampleAddresses, verificationNote } from '../domain/vast-document.ts';
import type { CreativesPorts } from '../ports.ts';
import { assetsById } from '../read-model.ts';
import { creativeTable } from '../tables.ts';
import { tagUrl, vastSubjects } from '../vast-subject.ts';

/**
 * Two things: the tag URL, which works, and the document behind it for people to read and check. The document's trackers
 * are samples: real ones are signed for one decision and expire, so a copied document must not count anything.
 */
export function getVastTagOperation(ports: CreativesPorts) {
  return implement(getVastTag, async (input, context) => {
    const { tx } = context;
    const { creativeId, vastVersion } = input;
    const [creative] = await tx.select().from(creativeTable).where(eq(creativeTable.id, creativeId));
    if (!creative) return context.fail('creative.not_found', `No creative ${creativeId} in this account.`);
    const assetId = creative.assetId ?? '';
    const asset = (await assetsById(tx, [assetId])).get(assetId);
    const target = asset && (await vastSubjects(tx, [{ creative, asset }], ports)).get(creativeId);
    if (!target) {
      const why = creative.failure ?? 'It is still being measured.';
      return context.fail('creative.not_ready', `${creative.name} has no tag. ${why}`);
    }
    const vendors = input.vendors ?? target.subject.vendors;
    // Vendors stored on the creative were chosen under the flag already.
    const legacyMoat = input.legacyMoat || input.vendors === undefined;
    const addresses = sampleAddresses(creativeId, ports.publicUrl, creative.clickThroughUrl);
    const built = buildVastDocument({ ...target.subject, vendors }, addresses, { legacyMoat });
    if (!built.ok) return context.fail(built.code, `vendors: ${built.why}`);
    const { xml, dropped } = serializeVast(built.document, { version: vastVersion, indent: true });
    const findings = lintVast(xml).map(({ rule, severity, path, message, remedy }) => ({
      rule,
      severity,
      path,
      message,
      remedy,
    }));
    const blocks = findings.filter((finding) => finding.severity === 'block');
    if (blocks.length > 0) {
      return context.fail(
        'creative.vast_invalid',
        `The VAST ${vastVersion} document of ${creative.name} breaks the standard: ${blocks.map((one) => `${one.path}: ${one.message}`).join('; ')}.`,
        { details: { findings: blocks } },
      );
    }
    const note = verificationNote(vendors);
    return {
      xml,
      tagUrl: tagUrl(ports.publicUrl, {
        placementKey: await ports.defaultPlacementKey(tx),
        durationMs: target.subject.durationMs,
        vastVersion,
      }),
      vastVersion,
      findings,
      warnings: [
        ...built.warnings,
        ...(isApproved(creative.approval) && creative.status === 'active'
          ? []
          : ['The tag answers without this ad until the creative is approved and active.']),
        ...(note === null ? [] : [note]),
        'Hand out the tag URL. Tracking addresses in this document are samples and count nothing; each served copy carries its own signed ones.',
      ],
      dropped: [...dropped],
    };
  });
}
