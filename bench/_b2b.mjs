import { startSegkit, startPeer } from './sides.js';
import { netNamed, netsNamed } from './nets.js';
import { untilIdle } from './processes.js';
const med = (a) => [...a].sort((x, y) => x - y)[a.length >> 1];
const mode = process.argv[2], names = process.argv[3].split(','), rounds = +(process.argv[4] ?? 5), K = +(process.argv[5] ?? 8);
for (const name of names) {
  const net = netNamed(name);
  const s = [await startSegkit(mode, net, { threads: 2, warmUp: 5 }), await startPeer(mode, net, { threads: 2, warmUp: 5 })];
  const all = [Array.from({ length: K }, () => []), Array.from({ length: K }, () => [])];
  for (const x of s) await untilIdle(x.pid);
  for (let r = 0; r < rounds; r++) for (const [i, x] of s.entries()) {
    for (let k = 0; k < K; k++) all[i][k].push((await x.ask('step')).seconds * 1e3);
    await untilIdle(x.pid);
  }
  const rows = all.map((c) => c.map((v) => med(v).toFixed(1)).join(' '));
  const rest = all.map((c) => med(c.slice(2).flat()));
  console.log(name, 'ratio', (rest[0] / rest[1]).toFixed(3), 'first', (med(all[0][0])/med(all[1][0])).toFixed(2), '2nd', (med(all[0][1])/med(all[1][1])).toFixed(2), '\n ort  ', rows[0], '\n torch', rows[1]);
  for (const x of s) await x.stop();
}
