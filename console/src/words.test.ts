import {
  ApprovalAction,
  ApprovalState,
  CampaignStatus,
  Creative,
  DeploymentStatus,
  GenerationJob,
  QcFinding,
  QcPackResult,
} from '@cuepoint/contract';
import { describe, expect, it } from 'vitest';
import { statusMap, toneBox, toneText } from './design/status-map.ts';
import {
  approvalActionWords,
  approvalWord,
  campaignWord,
  deploymentWord,
  fileWord,
  findingWord,
  flightWord,
  generationWord,
  verdictWord,
} from './words.ts';

const dates = { startAt: '2026-11-02T00:00:00Z', endAt: '2026-12-07T00:00:00Z' };

describe('the map of states', () => {
  it('has a word, an icon and a tone for every state of the contract', () => {
    const all: readonly (readonly [readonly string[], Record<string, string>])[] = [
      [ApprovalState.options, approvalWord],
      [DeploymentStatus.options, deploymentWord],
      [Creative.shape.status.options, fileWord],
      [GenerationJob.shape.status.options, generationWord],
      [QcFinding.shape.status.options, findingWord],
      [QcPackResult.shape.verdict.options, verdictWord],
    ];
    for (const [states, words] of all) {
      expect(Object.keys(words).sort()).toEqual([...states].sort());
      for (const word of Object.values(words)) expect(statusMap, word).toHaveProperty([word]);
    }
    expect(Object.keys(approvalActionWords).sort()).toEqual([...ApprovalAction.options].sort());
    for (const status of CampaignStatus.options) {
      expect(statusMap).toHaveProperty([campaignWord({ status, ...dates })]);
    }
  });
  it('has text and box colours for every tone it uses', () => {
    for (const [tone, icon] of Object.values(statusMap)) {
      expect(toneText[tone]).toMatch(/^text-/);
      expect(toneBox[tone]).toContain('border-');
      expect(icon).toBeTruthy();
    }
  });
  it('calls an active campaign by its dates', () => {
    const word = (now: string) => campaignWord({ status: 'active', ...dates }, Date.parse(now));
    expect(word('2026-11-01T23:59:59Z')).toBe('Scheduled');
    expect(word('2026-11-02T00:00:00Z')).toBe('Live');
    expect(word('2026-12-07T00:00:00Z')).toBe('Ended');
    expect(flightWord('active', 'paused', dates)).toBe('Paused');
    expect(flightWord('draft', 'active', dates)).toBe('Draft');
  });
});
