// One measurement a network, whatever became of the one before.
import { complain } from './report.js';

/**
 * Measures every network and reports what comes out; a side that breaks down costs only its network's result.
 * @param measure - Called with a network and a list for the sides that it starts, all of which are then stopped; resolves
 *   to a result, or to null if it has complained already.
 */
export async function reportEachNet(nets, measure, report) {
  for (const net of nets) {
    const sides = [];
    try {
      const result = await measure(net, sides);
      if (result !== null) report.add(result);
    } catch (error) {
      complain(`${net.name}: ${error.message}`);
    } finally {
      await Promise.all(sides.map((side) => side.stop()));
    }
  }
  report.end();
}
