import { lintVast, parseVast } from '@cuepoint/vast';
import { FileCode } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { Button } from '../../../design/button.tsx';
import { Field, TextArea } from '../../../design/field.tsx';
import { Note } from '../../../design/note.tsx';
import { Panel } from '../../../design/panel.tsx';
import { EmptyState } from '../../../design/states.tsx';
import { type FetchedTag, fetchTag } from './fetch-tag.ts';
import { FindingsPanel } from './findings-panel.tsx';
import { ownTag } from './own-tag.ts';
import { PlayerPanel } from './player-panel.tsx';
import { TagDecisionNote } from './tag-decision-note.tsx';
import { TrackerTable } from './tracker-table.tsx';
import { trackersOf } from './trackers.ts';
import { TreePanel } from './tree-panel.tsx';

const mostBytes = 2_000_000;
const NOTHING_TOLD = { decisions: [], untold: null };

/** Reads a tag as a player would: what is wrong with it, what is in it, whom it calls, and how it plays. */
export function VastTab({ given, onOpen }: { given: string; onOpen: (decisionId: string) => void }) {
  const [text, setText] = useState(given);
  const [xml, setXml] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<Pick<FetchedTag, 'decisions' | 'untold'>>(NOTHING_TOLD);
  const inspect = async (source: string) => {
    setProblem(null);
    setTold(NOTHING_TOLD);
    const trimmed = source.trim();
    if (trimmed.startsWith('<')) {
      setXml(trimmed.slice(0, mostBytes));
      return;
    }
    const url = ownTag(trimmed, location.origin);
    if (!url) {
      setXml('');
      setProblem(
        `“${trimmed.slice(0, 80)}” is not accepted; paste the XML of a tag, or an address that begins with ${location.origin}/vast.`,
      );
      return;
    }
    setBusy(true);
    try {
      const { answer, ...rest } = await fetchTag(url);
      const body = (await answer.text()).slice(0, mostBytes);
      setXml(body);
      setTold(rest);
      if (!answer.ok) setProblem(`The tag answered with status ${answer.status}.`);
      else if (body.trim() === '') setProblem('The tag answered with nothing: no ad, in the oldest way.');
    } catch {
      setXml('');
      setProblem('The tag did not answer. Try again, or run cuepoint doctor.');
    } finally {
      setBusy(false);
    }
  };
  // What was put into the search field is inspected as soon as the tab opens.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each text that is handed over
  useEffect(() => {
    if (given) void inspect(given);
  }, [given]);
  return (
    <>
      <Panel title="Tag" meta="one of this installation's addresses, or any XML" bodyClassName="p-3">
        <form
          className="flex flex-col gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            void inspect(text);
          }}
        >
          <Field
            label="VAST XML or address of a tag"
            error={problem ?? undefined}
            hint="Fetching a tag is an ad request: it is decided, logged and reserves budget until it expires."
          >
            <TextArea
              rows={3}
              className="font-mono text-sm"
              spellCheck={false}
              value={text}
              maxLength={mostBytes}
              placeholder={`${location.origin}/vast?dur=30`}
              onChange={(event) => setText(event.target.value)}
            />
          </Field>
          <div className="flex gap-2">
            <Button type="submit" look="primary" busy={busy} disabled={text.trim() === ''}>
              Inspect
            </Button>
          </div>
        </form>
      </Panel>
      <TagDecisionNote {...told} onOpen={onOpen} />
      {xml.trim() === '' ? (
        <Panel>
          <EmptyState icon={FileCode} title="Nothing to inspect yet">
            Lint, document, trackers and player appear here.
          </EmptyState>
        </Panel>
      ) : (
        <Inspection xml={xml} />
      )}
    </>
  );
}

function Inspection({ xml }: { xml: string }) {
  const { findings, parsed, trackers } = useMemo(() => {
    const result = parseVast(xml);
    return {
      findings: lintVast(xml, { maxFindings: 200 }),
      parsed: result,
      trackers: result.ok ? trackersOf(result.document) : [],
    };
  }, [xml]);
  return (
    <>
      {!parsed.ok && (
        <Note tone="block" title={`No player can read this, error ${parsed.errorCode}.`}>
          {parsed.message}
        </Note>
      )}
      <div className="grid grid-cols-2 items-start gap-2.5 max-wide:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-2.5">
          <FindingsPanel findings={findings} />
          {parsed.ok && <TreePanel xml={xml} version={parsed.document.version} />}
        </div>
        {parsed.ok && (
          <div className="flex min-w-0 flex-col gap-2.5">
            <PlayerPanel document={parsed.document} trackers={trackers} />
            <TrackerTable document={parsed.document} trackers={trackers} />
          </div>
        )}
      </div>
    </>
  );
}
