import { createCanvas } from '@napi-rs/canvas';
import { writeFileSync } from 'node:fs';
import { paintClip } from '/work/main/media/src/render/paint-clip.ts';
const looks: any = {
  moana: { colors: ['#0b5c7a', '#f2a541'], title: 'The ocean is calling', subtitle: 'Moana returns to the big screen this November', callToAction: 'Get tickets', brandName: 'Harbour Pictures' },
  ridge: { colors: ['#2f5d50', '#e07a3f'], title: 'Walk further this season', subtitle: 'Boots made for a thousand ridges, repaired for free', callToAction: 'Find your pair', brandName: 'Fernwhistle' },
  city: { colors: ['#3b2f7f', '#ff6b6b'], title: 'Home before the rain', subtitle: 'Electric rides across town from four dollars', callToAction: 'Ride now', brandName: 'Tolliver & Wren', motif: 'city' },
  coffee: { colors: ['#7a2e2a', '#e9b872', '#fff'], title: 'Slow mornings, strong coffee', subtitle: 'Roasted on Monday, in your kitchen on Wednesday', callToAction: 'Order a box', brandName: 'Quillmoor' },
  abs: { colors: ['#1f3a93', '#f4d03f', '#e74c3c'], title: 'Money that minds itself', subtitle: 'Save a little every time you pay', callToAction: 'Open an account', brandName: 'Brackwater', motif:'abstract' },
};
const which = process.argv[2] ? process.argv[2].split(',') : Object.keys(looks);
const seed = Number(process.argv[3] ?? 1), out = process.argv[4] ?? '/tmp/media/sheet.png';
const W = Number(process.argv[5] ?? 640), H = Number(process.argv[6] ?? 360);
const rows: any[] = [];
for (const k of which) for (const scene of ['hook','body','call_to_action']) rows.push([k, scene]);
const T = [0, 0.8, 2.5, 4.6];
const sheet = createCanvas(W*T.length, H*rows.length); const sc = sheet.getContext('2d');
const c = createCanvas(W,H); const ctx = c.getContext('2d');
for (const [i,[k,scene]] of rows.entries()) { const p = paintClip({widthPx:W,heightPx:H,durationMs:5000,seed,scene,look:looks[k]});
  for (const [j,t] of T.entries()) { p(ctx,t); sc.drawImage(c, j*W, i*H); } }
writeFileSync(out, sheet.toBuffer('image/png'));
