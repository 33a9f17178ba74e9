import {
  createCampaign,
  type InputOf,
  listBrands,
  listChannels,
  listMarkets,
  previewName,
} from '@cuepoint/contract';
import { Link, useNavigate } from '@tanstack/react-router';
import { ListChecks } from 'lucide-react';
import { type FormEvent, useDeferredValue, useId, useState } from 'react';
import { useChange, useRead } from '../../api.ts';
import { Button, buttonClass } from '../../design/button.tsx';
import { Checkbox } from '../../design/choice.tsx';
import { Field, Input, Select, TextArea } from '../../design/field.tsx';
import { isoDay, zoneName } from '../../design/format/date.ts';
import { parseMoney } from '../../design/format/money.ts';
import { count } from '../../design/format/number.ts';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { useToast } from '../../design/toast.tsx';
import { fieldError, Problem } from '../../problem.tsx';
import { useCrumbs } from '../../shell/page-context.tsx';
import { Page } from '../page.tsx';
import { NamePreview } from './name-preview.tsx';
import { plannedImpressions } from './pace.ts';

type Draft = InputOf<typeof createCampaign>;
const dayMs = 86_400_000;

/** One form on one page. The name is generated while it is filled in and cannot be typed. */
export function NewCampaign() {
  useCrumbs([{ label: 'Plan' }, { label: 'Campaigns', to: '/campaigns' }, { label: 'New campaign' }]);
  const navigate = useNavigate();
  const toast = useToast();
  const formId = useId();
  const brands = useRead(listBrands, { limit: 200 });
  const markets = useRead(listMarkets, { limit: 200 });
  const channels = useRead(listChannels, { limit: 200 });
  const [brandId, setBrandId] = useState('');
  const [marketId, setMarketId] = useState('');
  const [channelId, setChannelId] = useState('');
  const [label, setLabel] = useState('');
  const [objective, setObjective] = useState<NonNullable<Draft['objective']>>('awareness');
  const [budget, setBudget] = useState('');
  const [cpm, setCpm] = useState('');
  const [startOn, setStartOn] = useState(() => isoDay(Date.now() + dayMs, 'UTC'));
  const [endOn, setEndOn] = useState(() => isoDay(Date.now() + 30 * dayMs, 'UTC'));
  const [description, setDescription] = useState('');
  const [onlyThere, setOnlyThere] = useState(true);
  const [touched, setTouched] = useState(false);

  const market = markets.data?.items.find((candidate) => candidate.id === marketId);
  const budgetMicros = parseMoney(budget);
  const cpmMicros = parseMoney(cpm);
  const year = Number(startOn.slice(0, 4));
  const wanted = useDeferredValue({ brandId, marketId, channelId, year, label: label.trim() });
  const complete = Boolean(
    wanted.brandId && wanted.marketId && wanted.channelId && wanted.label && year >= 2000,
  );
  const preview = useRead(previewName, wanted, { enabled: complete, keep: true });
  const create = useChange(createCampaign, (campaign) => {
    toast({ text: `${campaign.name} created as a draft` });
    void navigate({
      to: '/campaigns/$campaignId',
      params: { campaignId: campaign.id },
      search: { tab: 'creatives' },
    });
  });

  const budgetError =
    touched && (budgetMicros === null || budgetMicros === 0)
      ? `“${budget}” is not accepted; give an amount above 0, such as 25,000`
      : undefined;
  const cpmError =
    touched && (cpmMicros === null || cpmMicros === 0 || cpmMicros % 1000 !== 0)
      ? `“${cpm}” is not accepted; give a price in steps of 0.001, such as 24.10`
      : undefined;
  const datesError =
    touched && endOn < startOn ? `${endOn} lies before the first day; choose ${startOn} or later` : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (!budgetMicros || !cpmMicros || cpmMicros % 1000 !== 0 || endOn < startOn) return;
    create.mutate({
      input: {
        brandId,
        marketId,
        channelId,
        label: label.trim(),
        description: description.trim(),
        objective,
        budgetMicros,
        cpmMicros,
        startOn,
        endOn,
        ...(onlyThere && market ? { countries: [market.countryCode] } : {}),
      },
    });
  };
  const loading = brands.isPending || markets.isPending || channels.isPending;
  const missing = [
    brands.data?.items.length === 0 && 'a brand',
    markets.data?.items.length === 0 && 'a market',
    channels.data?.items.length === 0 && 'a channel',
  ].filter((what) => typeof what === 'string');
  return (
    <Page
      title="New campaign"
      actions={
        <>
          <Link to="/campaigns" className={buttonClass('quiet')}>
            Cancel
          </Link>
          <Button
            form={formId}
            type="submit"
            look="primary"
            busy={create.isPending}
            disabled={loading || missing.length > 0}
          >
            Create draft
          </Button>
        </>
      }
    >
      {loading ? (
        <Skeleton rows={8} />
      ) : missing.length > 0 ? (
        <Panel>
          <EmptyState
            icon={ListChecks}
            title={`This account has no ${missing.join(' and no ').replaceAll('a ', '')} yet`}
          >
            Names are generated from their codes. Add {missing.join(' and ')} with{' '}
            <code className="text-fg">cuepoint {missing[0]?.replace('a ', '')}s create</code>, by the API, or
            let a brief bring them: <code className="text-fg">cuepoint demo</code>.
          </EmptyState>
        </Panel>
      ) : (
        <form
          id={formId}
          onSubmit={submit}
          noValidate={false}
          className="grid grid-cols-[minmax(0,1fr)_372px] items-start gap-3 max-wide:grid-cols-1"
        >
          <Panel title="Campaign" bodyClassName="grid grid-cols-2 gap-x-4 gap-y-3 p-4">
            <Field label="Brand" error={fieldError(create.error, 'brandId')}>
              <Select required value={brandId} onChange={(event) => setBrandId(event.target.value)}>
                <option value="">Choose a brand</option>
                {brands.data?.items.map((brand) => (
                  <option key={brand.id} value={brand.id}>
                    {brand.name} ({brand.code})
                  </option>
                ))}
              </Select>
            </Field>
            <Field label="Market" error={fieldError(create.error, 'marketId')}>
              <Select required value={marketId} onChange={(event) => setMarketId(event.target.value)}>
                <option value="">Choose a market</option>
                {markets.data?.items.map((candidate) => (
                  <option key={candidate.id} value={candidate.id}>
                    {candidate.name} ({candidate.code}, {candidate.currency})
                  </option>
                ))}
              </Select>
            </Field>
            <Field label="Channel" error={fieldError(create.error, 'channelId')}>
              <Select required value={channelId} onChange={(event) => setChannelId(event.target.value)}>
                <option value="">Choose a channel</option>
                {channels.data?.items.map((channel) => (
                  <option key={channel.id} value={channel.id}>
                    {channel.name} ({channel.code})
                  </option>
                ))}
              </Select>
            </Field>
            <Field label="Objective" error={fieldError(create.error, 'objective')}>
              <Select
                value={objective}
                onChange={(event) => setObjective(event.target.value as NonNullable<Draft['objective']>)}
              >
                <option value="awareness">Awareness</option>
                <option value="consideration">Consideration</option>
                <option value="conversion">Conversion</option>
              </Select>
            </Field>
            <Field
              label="Campaign label"
              className="col-span-2"
              hint="What people call it; the full name is generated from it."
              error={fieldError(create.error, 'label')}
            >
              <Input
                required
                maxLength={80}
                value={label}
                onChange={(event) => setLabel(event.target.value)}
              />
            </Field>
            <Field
              label="Budget"
              hint={market ? `Lifetime, in ${market.currency}.` : 'In the currency of the market.'}
              error={budgetError ?? fieldError(create.error, 'budgetMicros')}
            >
              <Input
                required
                inputMode="decimal"
                value={budget}
                onChange={(event) => setBudget(event.target.value)}
                unit={market?.currency}
              />
            </Field>
            <Field
              label="Price of 1,000 impressions"
              hint="CPM, in steps of 0.001."
              error={cpmError ?? fieldError(create.error, 'cpmMicros')}
            >
              <Input
                required
                inputMode="decimal"
                value={cpm}
                onChange={(event) => setCpm(event.target.value)}
                unit={market?.currency}
              />
            </Field>
            <Field
              label="First day"
              hint={market ? `From 00:00 ${zoneName(market.timeZone)}.` : 'In the zone of the market.'}
              error={fieldError(create.error, 'startOn')}
            >
              <Input
                required
                type="date"
                value={startOn}
                onChange={(event) => setStartOn(event.target.value)}
              />
            </Field>
            <Field
              label="Last day, included"
              hint={market ? `To 24:00 ${zoneName(market.timeZone)}.` : undefined}
              error={datesError ?? fieldError(create.error, 'endOn')}
            >
              <Input required type="date" value={endOn} onChange={(event) => setEndOn(event.target.value)} />
            </Field>
            <Field
              label="Description, optional"
              className="col-span-2"
              error={fieldError(create.error, 'description')}
            >
              <TextArea
                rows={3}
                maxLength={2000}
                value={description}
                onChange={(event) => setDescription(event.target.value)}
              />
            </Field>
            <span className="col-span-2 flex items-center gap-2">
              <Checkbox
                checked={onlyThere}
                onChange={setOnlyThere}
                label={
                  market ? `Serve only in ${market.countryCode}` : 'Serve only in the country of the market'
                }
              />
              <span aria-hidden="true">
                {market ? `Serve only in ${market.countryCode}` : 'Serve only in the country of the market'}
              </span>
            </span>
          </Panel>
          <div className="flex flex-col gap-3">
            <NamePreview
              preview={complete ? preview.data : undefined}
              error={complete ? preview.error : null}
              pending={complete && preview.isFetching}
            />
            <Panel title="What the budget buys" bodyClassName="p-3">
              {budgetMicros && cpmMicros ? (
                <>
                  <div className="text-title font-medium">
                    {count(plannedImpressions(budgetMicros, cpmMicros))}
                  </div>
                  <p className="text-sm text-fg-3">impressions at this price, all of the budget spent</p>
                </>
              ) : (
                <p className="text-fg-2">Shown once budget and price are given.</p>
              )}
            </Panel>
            {create.error && <Problem error={create.error} />}
          </div>
        </form>
      )}
    </Page>
  );
}
