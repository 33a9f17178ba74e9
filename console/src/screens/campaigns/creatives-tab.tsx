import type { CampaignDetail, Creative } from '@cuepoint/contract';
import { Link, useNavigate } from '@tanstack/react-router';
import { Film } from 'lucide-react';
import type { ApiError } from '../../api.ts';
import { seconds } from '../../design/format/number.ts';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { SimulatedMark, Status } from '../../design/status.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { ReadFailed } from '../../problem.tsx';
import { approvalWord, fileWord } from '../../words.ts';
import { Thumb } from '../thumb.tsx';
import { GenerateForm } from './generate-form.tsx';
import { GenerationJobs } from './generation-jobs.tsx';
import { UploadZone } from './upload-zone.tsx';

/** Creatives of the campaign, and the two ways to get one: generate it from words, or bring a file. */
export function CreativesTab({
  campaign,
  creatives,
  error,
  onRetry,
  mayWrite,
}: {
  campaign: CampaignDetail;
  creatives: readonly Creative[] | undefined;
  error: ApiError | null;
  onRetry: () => void;
  mayWrite: boolean;
}) {
  const navigate = useNavigate();
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_360px] items-start gap-3 max-wide:grid-cols-1">
      <div className="flex min-w-0 flex-col gap-3">
        <Panel
          title="Creatives"
          meta={creatives ? <span className="text-md">{creatives.length}</span> : undefined}
        >
          {error && !creatives ? (
            <ReadFailed what="Creatives" error={error} onRetry={onRetry} />
          ) : !creatives ? (
            <Skeleton rows={4} />
          ) : creatives.length === 0 ? (
            <EmptyState icon={Film} title="No creatives yet">
              Generate one from a few words or bring an MP4. It is measured and checked against 8
              destinations.
            </EmptyState>
          ) : (
            <Table
              label="Creatives"
              columns={[76, null, 132, 96, 80, 136, { width: 96, wideOnly: true }]}
              head={
                <>
                  <Th>
                    <span className="sr-only">Picture</span>
                  </Th>
                  <Th>Creative</Th>
                  <Th>Approval</Th>
                  <Th>File</Th>
                  <Th right>Duration</Th>
                  <Th>Quality control</Th>
                  <Th wideOnly>Source</Th>
                </>
              }
            >
              {creatives.map((creative) => (
                <Tr
                  key={creative.id}
                  onOpen={() =>
                    void navigate({ to: '/creatives/$creativeId', params: { creativeId: creative.id } })
                  }
                >
                  <Td className="!h-11">
                    <Thumb url={creative.thumbnailUrl} />
                  </Td>
                  <Td className="font-medium">
                    <Link
                      to="/creatives/$creativeId"
                      params={{ creativeId: creative.id }}
                      title={creative.name}
                      className="rounded-md hover:text-accent-text"
                    >
                      {creative.name}
                    </Link>
                  </Td>
                  <Td>
                    <Status word={approvalWord[creative.approval]} />
                  </Td>
                  <Td title={creative.failure ?? undefined}>
                    <Status word={fileWord[creative.status]} />
                  </Td>
                  <Td right>{creative.durationMs === null ? '' : seconds(creative.durationMs)}</Td>
                  <Td>
                    {creative.qc && (
                      <span className="flex gap-2.5">
                        {creative.qc.blocks > 0 && (
                          <Status word="Blocked" as={`${creative.qc.blocks} block`} />
                        )}
                        {creative.qc.warns > 0 && <Status word="Warning" as={`${creative.qc.warns} warn`} />}
                        {creative.qc.blocks === 0 && creative.qc.warns === 0 && <Status word="Passed" />}
                      </span>
                    )}
                  </Td>
                  <Td wideOnly className="text-fg-2">
                    {creative.source} {creative.simulated && <SimulatedMark />}
                  </Td>
                </Tr>
              ))}
            </Table>
          )}
        </Panel>
        <GenerationJobs campaignId={campaign.id} />
      </div>
      {mayWrite && (
        <div className="flex min-w-0 flex-col gap-3 max-wide:grid max-wide:grid-cols-2 max-wide:items-start">
          <GenerateForm campaign={campaign} />
          <UploadZone campaignId={campaign.id} />
        </div>
      )}
    </div>
  );
}
