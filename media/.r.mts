import { locateTools, measureVideo } from './src/index.ts';
import { renderClip } from './src/render/render-clip.ts';
const look: any = { colors: ['#0b5c7a', '#f2a541'], title: 'The ocean is calling', subtitle: 'Moana returns to the big screen this November', callToAction: 'Get tickets', brandName: 'Harbour Pictures', motif: process.argv[2] };
for (const sources of [['system'],['npm']] as const) {
  const tools = await locateTools({ pathVariable: '/usr/bin', sources });
  for (const scene of ['hook','body','call_to_action'] as const) {
  const cpu0 = process.cpuUsage();
  const r = await renderClip({ widthPx: 1920, heightPx: 1080, durationMs: 5000, seed: Number(process.argv[3] ?? 7), scene, look }, `/tmp/media/${sources[0]}-${scene}.mp4`, { tools });
  const cpu = process.cpuUsage(cpu0);
  console.log(sources[0], scene, r.renderedInMs, 'node cpu ms', Math.round((cpu.user+cpu.system)/1000));
  const m = await measureVideo(r.path, { tools }); console.log(JSON.stringify(m));
  }
}
