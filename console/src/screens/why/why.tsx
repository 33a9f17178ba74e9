import { useNavigate, useSearch } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Input } from '../../design/field.tsx';
import { Icon } from '../../design/icon.tsx';
import { Segmented } from '../../design/segmented.tsx';
import { useCrumbs } from '../../shell/page-context.tsx';
import { Page } from '../page.tsx';
import { Decision } from './decision.tsx';
import { HistoryTab } from './history/history-tab.tsx';
import { Preview } from './preview.tsx';
import { RecentDecisions } from './recent-decisions.tsx';
import type { WhySearch } from './search.ts';
import { isOwnTag } from './vast/own-tag.ts';
import { VastTab } from './vast/vast-tab.tsx';

const tabs = [
  { value: 'decision', label: 'Decision' },
  { value: 'preview', label: 'Preview' },
  { value: 'vast', label: 'VAST' },
  { value: 'history', label: 'History' },
] as const;

/** Why a request got what it got: replayed, previewed, or read from the tag itself. */
export function Why() {
  useCrumbs([{ label: 'Operate' }, { label: 'Why' }]);
  const search = useSearch({ from: '/shell/why' });
  const navigate = useNavigate({ from: '/why' });
  const tab = search.tab ?? 'decision';
  const [text, setText] = useState(search.q ?? '');
  const [aside, setAside] = useState<HTMLElement | null>(null);
  const [tag, setTag] = useState({ text: '', asked: 0 });
  useEffect(() => setText(search.q ?? ''), [search.q]);
  const go = (next: WhySearch) => void navigate({ search: next, resetScroll: false });
  const ask = () => {
    const asked = text.trim();
    if (asked.startsWith('<') || isOwnTag(asked, location.origin)) {
      setTag((before) => ({ text: asked, asked: before.asked + 1 }));
      go({ tab: 'vast' });
    } else go(asked ? { q: asked } : {});
  };
  return (
    <Page
      title="Why"
      className="!gap-2.5"
      actions={<span ref={setAside} className="flex items-center gap-4" />}
      beside={
        <>
          <form
            className="w-108 max-w-full max-wide:w-88"
            onSubmit={(event) => {
              event.preventDefault();
              ask();
            }}
          >
            <Input
              type="search"
              aria-label="Decision id, request id, tracking address or tag"
              placeholder="Decision or request id, tracking address, tag"
              className="font-mono"
              spellCheck={false}
              autoComplete="off"
              value={text}
              onChange={(event) => setText(event.target.value)}
              lead={<Icon of={Search} />}
            />
          </form>
          <Segmented
            label="What is asked"
            value={tab}
            options={tabs}
            onChange={(next) => {
              if (next === 'decision')
                go(search.q ? { q: search.q, ...(search.li ? { li: search.li } : {}) } : {});
              else go({ tab: next, ...(next !== 'vast' && search.li ? { li: search.li } : {}) });
            }}
          />
        </>
      }
    >
      {tab === 'vast' ? (
        <VastTab key={tag.asked} given={tag.text} onOpen={(q) => go({ q })} />
      ) : tab === 'history' ? (
        <HistoryTab search={search} onSearch={go} />
      ) : tab === 'preview' ? (
        <Preview search={search} onSearch={go} aside={aside} />
      ) : search.q ? (
        <Decision search={search} q={search.q} onSearch={go} aside={aside} />
      ) : (
        <RecentDecisions onOpen={(q) => go({ q })} onPreview={() => go({ tab: 'preview' })} />
      )}
    </Page>
  );
}
