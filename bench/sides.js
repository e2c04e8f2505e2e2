// segkit's side of a network, and PyTorch's.
import { complain, note } from './report.js';
import { startSide } from './side.js';

/** segkit's side of a network, warm, or null if it gives no numbers, which is complained of. */
export async function startSegkit(mode, { name }, settings) {
  const side = await trySegkit(mode, name, settings);
  if (side.info.skipped === undefined) return side;
  complain(`${name}: segkit's side gives no numbers: ${side.info.skipped}`);
  await side.stop();
  return null;
}

/**
 * segkit's side of a network, warm; or with `info.skipped` saying why not, and `info.stage` whether the engine did not `start`
 * or does not `run` the network.
 * @param limit - Seconds until it must be warm.
 */
export function trySegkit(mode, net, settings, limit) {
  return startSide('workers/segkit.js', { mode, net, ...settings }, limit);
}

let toldMissing = false;

/** PyTorch's side of a network, warm, or null if torch cannot be imported, which is told once. */
export async function startPeer(mode, { name, peer, imageChannels, batch, size }, settings) {
  const net = { ...peer, imageChannels, batch, size };
  const side = await startSide('peers/worker.py', { mode, net, ...settings });
  const { skipped } = side.info;
  if (skipped === undefined) return side;
  if (!side.info.missing) complain(`${name}: PyTorch's side gives no numbers: ${skipped}`);
  else if (!toldMissing) {
    note(
      `PyTorch is missing (${skipped}): segkit's numbers alone. pip install torch, or set PYTHON.`,
    );
    toldMissing = true;
  }
  await side.stop();
  return null;
}

/** Complains of every side whose network has not the parameters that it should have. */
export function checkParameters({ name, parameters }, sides) {
  for (const { file, info } of sides) {
    if (info.parameters === parameters) continue;
    complain(
      `${name}: ${file} has ${info.parameters} parameters, not ${parameters}: other layers.`,
    );
  }
}
