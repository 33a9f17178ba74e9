import { launchBrief } from '@cuepoint/contract';
import { brandByCode, channelByCode, channelCodes, marketByCode, marketCodes } from '#modules/governance';
import type { FieldProblem } from '../../../kernel/app-error.ts';
import { type HandlerContext, implement } from '../../../kernel/implement.ts';
import { parseBrief } from '../domain/brief.ts';
import type { StudioPorts } from '../studio-ports.ts';

export function launchBriefOperation(ports: StudioPorts) {
  return implement(launchBrief, async (input, context) => {
    const { tx, now } = context;
    const parsed = parseBrief(input.brief, now);
    if (!parsed.ok)
      return context.fail('brief.invalid', sentence(parsed.problems), { fields: parsed.problems });
    const { brief } = parsed;
    const market = await marketByCode(tx, brief.market);
    if (!market) {
      const accepted = `one of ${(await marketCodes(tx)).join(', ')}`;
      return context.fail(
        'market.not_found',
        `market: this account has no market ${brief.market}; ${accepted}.`,
        {
          fields: [{ field: 'market', message: 'unknown', value: brief.market, accepted }],
        },
      );
    }
    const channel = await channelByCode(tx, brief.channel);
    const problems: FieldProblem[] = [];
    if (!channel) {
      const accepted = `one of ${(await channelCodes(tx)).join(', ')}`;
      problems.push({ field: 'channel', message: 'unknown channel', value: brief.channel, accepted });
    }
    if (market.currency !== brief.currency) {
      problems.push({
        field: 'currency',
        message: `the market ${market.code} is billed in another currency`,
        value: brief.currency,
        accepted: market.currency,
      });
    }
    if (!channel || problems.length > 0)
      return context.fail('brief.invalid', sentence(problems), { fields: problems });

    const created: Array<{ kind: string; id: string; name: string }> = [];
    const reused = [
      { kind: 'market', id: market.id, name: market.name },
      { kind: 'channel', id: channel.id, name: channel.name },
    ];
    let brand = await brandByCode(tx, brief.brand.code);
    if (brand && brand.name !== brief.brand.name) {
      const field = {
        field: 'brand.code',
        message: `this code belongs to ${brand.name}`,
        value: brief.brand.code,
        accepted: 'another code',
      };
      return context.fail('brief.invalid', sentence([field]), { fields: [field] });
    }
    // The handlers fail with codes that this operation declares too.
    const shared = context as unknown as HandlerContext;
    if (brand) reused.push({ kind: 'brand', id: brand.id, name: brand.name });
    else {
      await ports.createBrand({ ...brief.brand }, shared);
      brand = (await brandByCode(tx, brief.brand.code))!;
      created.push({ kind: 'brand', id: brand.id, name: brand.name });
    }
    const campaign = await ports.createCampaign(
      {
        brandId: brand.id,
        marketId: market.id,
        channelId: channel.id,
        label: brief.campaign.name,
        description: brief.campaign.description,
        objective: brief.campaign.objective,
        budgetMicros: brief.budgetMicros,
        cpmMicros: brief.cpmMicros,
        startOn: brief.flight.startOn,
        endOn: brief.flight.endOn,
        timeZone: brief.flight.timeZone,
        countries: [],
      },
      shared,
    );
    created.push({ kind: 'campaign', id: campaign.id, name: campaign.name });
    return {
      campaignId: campaign.id,
      campaignName: campaign.name,
      created,
      reused,
      generation: {
        prompt: brief.message,
        title: brief.title,
        callToAction: brief.callToAction,
        landingUrl: brief.landingUrl,
        tone: brief.tone,
        placement: brief.placement,
        durationSeconds: brief.durationSeconds,
      },
    };
  });
}

function sentence(problems: FieldProblem[]): string {
  return problems
    .map(({ field, message, value, accepted }) => {
      const found = value === undefined ? '' : ` (found ${JSON.stringify(value)})`;
      return `${field}: ${message}${found}${accepted ? `; accepted: ${accepted}` : ''}`;
    })
    .join('. ');
}
