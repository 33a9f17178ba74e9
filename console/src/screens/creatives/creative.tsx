import { getCreative, getProfile, getQcReport, listDeployments } from '@cuepoint/contract';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { LoaderCircle } from 'lucide-react';
import { useRef } from 'react';
import { useRead } from '../../api.ts';
import { bytes, seconds } from '../../design/format/number.ts';
import { IdChip } from '../../design/id-chip.tsx';
import { Note } from '../../design/note.tsx';
import { Facts, Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { Status } from '../../design/status.tsx';
import { ReadFailed } from '../../problem.tsx';
import { useCrumbs } from '../../shell/page-context.tsx';
import { approvalWord } from '../../words.ts';
import { DeploymentDrawer } from '../deployments/drawer.tsx';
import { Page } from '../page.tsx';
import { ApprovalPanel } from './approval-panel.tsx';
import { DestinationsPanel } from './destinations-panel.tsx';
import { type Mark, type PlayerHandle, PlayerPanel } from './player-panel.tsx';
import { QcPanel, worstPack } from './qc-panel.tsx';
import { useSteadyMedia } from './use-steady-media.ts';
import { VastPanel } from './vast-panel.tsx';

const route = '/shell/creatives/$creativeId';

/** Look at it, see what is wrong and where, decide, hand over the tag, send it. */
export function CreativeScreen() {
  const { creativeId } = useParams({ from: route });
  const { pack, deployment } = useSearch({ from: route });
  const navigate = useNavigate({ from: '/creatives/$creativeId' });
  const creative = useRead(
    getCreative,
    { creativeId },
    { everyMs: (found) => (found?.status === 'processing' ? 1500 : false) },
  );
  const data = creative.data;
  const measured = data !== undefined && data.status !== 'processing' && data.status !== 'failed';
  const report = useRead(getQcReport, { creativeId }, { enabled: measured });
  const deployments = useRead(listDeployments, { creativeId, limit: 50 });
  const profile = useRead(getProfile, {});
  const may = (permission: string) => profile.data?.permissions.includes(permission) ?? false;
  useCrumbs([
    { label: 'Plan' },
    { label: 'Campaigns', to: '/campaigns' },
    ...(data ? [{ label: data.campaignName, to: `/campaigns/${data.campaignId}` }] : []),
    { label: data?.name ?? creativeId },
  ]);
  const { media, renew } = useSteadyMedia(data);
  const player = useRef<PlayerHandle>(null);
  const chosen =
    report.data?.packs.find((result) => result.packId === pack) ?? worstPack(report.data?.packs ?? []);
  const marks: Mark[] = (chosen?.findings ?? []).flatMap((finding) =>
    finding.timecodeMs !== null && (finding.status === 'block' || finding.status === 'warn')
      ? [{ atMs: finding.timecodeMs, label: finding.check, severity: finding.status }]
      : [],
  );
  const change = (next: { pack?: string; deployment?: string | undefined }) =>
    void navigate({
      search: (current) => {
        const merged = { ...current, ...next };
        return {
          ...(merged.pack ? { pack: merged.pack } : {}),
          ...(merged.deployment ? { deployment: merged.deployment } : {}),
        };
      },
      replace: true,
      resetScroll: false,
    });
  if (creative.error && !data) {
    return (
      <Page title="Creative">
        <Panel>
          <ReadFailed what="The creative" error={creative.error} onRetry={() => void creative.refetch()} />
        </Panel>
      </Page>
    );
  }
  if (!data) {
    return (
      <Page title="Creative">
        <Skeleton rows={8} />
      </Page>
    );
  }
  const measurement = report.data?.measurement;
  return (
    <Page
      title={data.name}
      beside={
        <>
          <Status word={approvalWord[data.approval]} boxed />
          {data.status === 'processing' && <Status word="Processing" boxed />}
          {data.status === 'inactive' && <Status word="Inactive" boxed />}
          {data.qc && data.qc.blocks > 0 && <Status word="QC fail" as={`${data.qc.blocks} blocking`} boxed />}
          {data.simulated && <Status word="Simulated" as="Simulated generator" boxed />}
        </>
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)_352px] items-start gap-3 max-wide:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-3">
          {data.status === 'failed' ? (
            <Note tone="block" title="The file could not be used.">
              {data.failure ?? 'No reason was recorded.'}{' '}
              <Link
                to="/campaigns/$campaignId"
                params={{ campaignId: data.campaignId }}
                search={{ tab: 'creatives' }}
                className="link"
              >
                Bring another file
              </Link>
            </Note>
          ) : data.status === 'processing' || !media?.videoUrl ? (
            <Panel>
              <div role="status">
                <EmptyState icon={LoaderCircle} title="The file is being measured">
                  Loudness, bitrate, black and frozen stretches and the rest. It goes on when you leave this
                  page.
                </EmptyState>
              </div>
            </Panel>
          ) : (
            <PlayerPanel
              ref={player}
              creative={{ ...data, ...media }}
              onExpired={() => {
                renew();
                void creative.refetch();
              }}
              measurement={measurement}
              marks={marks}
            />
          )}
          <QcPanel
            report={report.data}
            error={report.error}
            pending={!measured && data.status === 'processing'}
            packId={pack}
            onPack={(packId) => change({ pack: packId })}
            onSeek={(ms) => {
              player.current?.seek(ms);
              player.current?.scrollIntoView();
            }}
          />
          <VastPanel creative={data} mayWrite={may('creatives:write')} />
        </div>
        <div className="flex min-w-0 flex-col gap-3 max-wide:grid max-wide:grid-cols-2 max-wide:items-start">
          <ApprovalPanel creative={data} events={data.approvalEvents} />
          <DestinationsPanel
            creative={data}
            deployments={deployments.data?.items}
            mayTraffic={may('trafficking:write')}
            onOpen={(id) => change({ deployment: id })}
          />
          <Panel title="Identity" bodyClassName="p-3">
            <Facts
              items={[
                ['Creative', <IdChip key="id" id={data.id} />],
                [
                  'Universal ad id',
                  <span key="uaid" className="font-mono">
                    {data.universalAdId}
                  </span>,
                ],
                ...(data.sha256
                  ? [
                      [
                        'SHA-256',
                        <IdChip
                          key="sha"
                          id={data.sha256}
                          short={`${data.sha256.slice(0, 6)}…${data.sha256.slice(-4)}`}
                          what="SHA-256"
                        />,
                      ] as const,
                    ]
                  : []),
                ...(data.durationMs === null ? [] : [['Duration', seconds(data.durationMs)] as const]),
                ...(measurement?.video
                  ? [
                      [
                        'Video',
                        `${measurement.video.codec} ${measurement.video.profile ?? ''}, ${measurement.video.width} x ${measurement.video.height}, ${measurement.video.fps} fps`,
                      ] as const,
                    ]
                  : []),
                ...(measurement?.audio
                  ? [
                      [
                        'Audio',
                        `${measurement.audio.codec}, ${measurement.audio.sampleRateHz / 1000} kHz, ${measurement.audio.channels} ch${measurement.audio.integratedLufs === null ? '' : `, ${measurement.audio.integratedLufs.toFixed(1)} LUFS`}`,
                      ] as const,
                    ]
                  : []),
                ...(measurement
                  ? [
                      [
                        'File',
                        `${bytes(measurement.sizeBytes)}, ${(measurement.totalBitrateBps / 1e6).toFixed(1)} Mbps`,
                      ] as const,
                    ]
                  : []),
                [
                  'Landing page',
                  <span key="click" title={data.clickThroughUrl}>
                    {data.clickThroughUrl}
                  </span>,
                ],
                ['Source', data.source],
              ]}
            />
          </Panel>
        </div>
      </div>
      {deployment && (
        <DeploymentDrawer
          deploymentId={deployment}
          mayWrite={may('trafficking:write')}
          onClose={() => change({ deployment: undefined })}
        />
      )}
    </Page>
  );
}
