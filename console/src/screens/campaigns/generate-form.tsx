import { type CampaignDetail, generateCreative, type InputOf } from '@cuepoint/contract';
import { Sparkles } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { Field, Input, Select, TextArea } from '../../design/field.tsx';
import { moneyText } from '../../design/format/money.ts';
import { Panel } from '../../design/panel.tsx';
import { useToast } from '../../design/toast.tsx';
import { fieldError, Problem } from '../../problem.tsx';

type Draft = InputOf<typeof generateCreative>;

/** Words to a video. The estimate is asked for with a dry run: nothing is sent to the generator by looking. */
export function GenerateForm({ campaign }: { campaign: CampaignDetail }) {
  const toast = useToast();
  const [prompt, setPrompt] = useState('');
  const [title, setTitle] = useState('');
  const [callToAction, setCallToAction] = useState('');
  const [placement, setPlacement] = useState<NonNullable<Draft['placement']>>('streaming_tv');
  const [durationSeconds, setDuration] = useState<15 | 30>(15);
  const [tone, setTone] = useState<NonNullable<Draft['tone']>>('warm');
  const estimate = useChange(generateCreative);
  const generate = useChange(generateCreative, () => {
    toast({ tone: 'info', text: 'Generation started; it goes on when you leave this page' });
    setPrompt('');
  });
  const input: Draft = {
    campaignId: campaign.id,
    prompt: prompt.trim(),
    placement,
    durationSeconds,
    tone,
    ...(title.trim() ? { title: title.trim() } : {}),
    ...(callToAction.trim() ? { callToAction: callToAction.trim() } : {}),
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    generate.mutate({ input });
  };
  const error = generate.error ?? estimate.error;
  const ready = prompt.trim().length >= 3;
  return (
    <Panel title="Generate a video" bodyClassName="p-3">
      <form onSubmit={submit} className="grid grid-cols-2 gap-3">
        <Field
          label="What the spot should say and show"
          className="col-span-2"
          error={fieldError(error, 'prompt')}
        >
          <TextArea
            required
            minLength={3}
            maxLength={3000}
            rows={4}
            value={prompt}
            onChange={(event) => setPrompt(event.target.value)}
          />
        </Field>
        <Field label="Title, optional" error={fieldError(error, 'title')}>
          <Input maxLength={60} value={title} onChange={(event) => setTitle(event.target.value)} />
        </Field>
        <Field label="Call to action, optional" error={fieldError(error, 'callToAction')}>
          <Input
            maxLength={40}
            value={callToAction}
            onChange={(event) => setCallToAction(event.target.value)}
          />
        </Field>
        <Field label="Placement">
          <Select
            value={placement}
            onChange={(event) => setPlacement(event.target.value as NonNullable<Draft['placement']>)}
          >
            <option value="streaming_tv">Streaming TV, 16:9</option>
            <option value="online_video">Online video, 16:9</option>
            <option value="vertical">Vertical, 9:16</option>
            <option value="square">Square, 1:1</option>
          </Select>
        </Field>
        <Field label="Tone">
          <Select
            value={tone}
            onChange={(event) => setTone(event.target.value as NonNullable<Draft['tone']>)}
          >
            <option value="calm">Calm</option>
            <option value="warm">Warm</option>
            <option value="bold">Bold</option>
            <option value="playful">Playful</option>
          </Select>
        </Field>
        <Field label="Duration">
          <Select
            value={durationSeconds}
            onChange={(event) => setDuration(event.target.value === '30' ? 30 : 15)}
          >
            <option value="15">15 s</option>
            <option value="30">30 s</option>
          </Select>
        </Field>
        <div className="col-span-2 flex flex-wrap items-center gap-2">
          <Button type="submit" icon={Sparkles} busy={generate.isPending} disabled={!ready}>
            Generate
          </Button>
          <Button
            look="quiet"
            busy={estimate.isPending}
            disabled={!ready}
            onClick={() => estimate.mutate({ input, options: { dryRun: true } })}
          >
            Estimate cost
          </Button>
          <span role="status" className="text-sm text-fg-3">
            {estimate.data &&
              `about ${moneyText(estimate.data.estimatedCostMicros, estimate.data.currency)}${estimate.data.simulated ? ' at the real generator; the sandbox is free' : ''}`}
            {!ready && !estimate.data && 'Give at least 3 characters.'}
          </span>
        </div>
        {error && <Problem error={error} className="col-span-2" />}
      </form>
    </Panel>
  );
}
