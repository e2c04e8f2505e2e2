// Feeds readers with damaged input: npm run fuzz -- [weights|config] [--count n] [--seed n]
const scripts = {
  weights: '../packages/core/src/testing/fuzz-weights.ts',
  config: '../packages/segkit/src/testing/fuzz-config.ts',
};
const [first = 'weights', ...others] = process.argv.slice(2);
// Options alone mean the weights.
const [name, options] = first.startsWith('-') ? ['weights', [first, ...others]] : [first, others];
if (!Object.hasOwn(scripts, name)) {
  throw new Error(`fuzz: expected ${Object.keys(scripts).join(' or ')}, received ${name}`);
}
process.argv.splice(2, Infinity, ...options);
await import(scripts[name]);
