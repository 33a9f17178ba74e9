import { locateTools, measureVideo } from './src/index.ts';
import { assembleSpot } from './src/assemble/assemble-spot.ts';
for (const sources of [['system'],['npm']] as const) {
  const tools = await locateTools({ pathVariable: '/usr/bin', sources });
  const s = sources[0];
  for (const [fps, mood] of [[24,'calm'],[23.976,'bright'],[29.97,'driving']] as const) {
  const r = await assembleSpot({ clips: ['hook','body','call_to_action'].map(x=>`/tmp/media/${s}-${x}.mp4`), durationMs: 15000, fps, seed: 5, audioBed: { mood } }, `/tmp/media/spot-${s}-${fps}.mp4`, { tools });
  console.log(JSON.stringify(r));
  const m = await measureVideo(r.path, { tools }); console.log(JSON.stringify(m));
  }
}
