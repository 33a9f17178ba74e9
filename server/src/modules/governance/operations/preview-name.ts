import { previewName } from '@cuepoint/contract';
import { implement } from '../../../kernel/implement.ts';
import { composeCampaignName, loadAxes } from '../naming.ts';
import type { GovernancePorts } from '../ports.ts';

export function previewNameOperation(ports: GovernancePorts) {
  return implement(previewName, async (input, context) => {
    const loaded = await loadAxes(context.tx, input);
    if (!loaded.ok) {
      const field = `${loaded.missing}Id` as const;
      return context.fail(
        `${loaded.missing}.not_found`,
        `${field}: no ${loaded.missing} ${input[field]} in this account.`,
      );
    }
    const composed = composeCampaignName(loaded.axes, input.year, input.label);
    if (!composed.ok) {
      return context.fail('name.invalid', composed.problems.map((problem) => problem.message).join(' '), {
        fields: composed.problems.map((problem) => ({
          field: problem.dimension ?? 'label',
          message: problem.message,
        })),
      });
    }
    const { name, pattern, parts } = composed;
    return { name, pattern, parts, taken: await ports.isCampaignNameTaken(context.tx, name) };
  });
}
