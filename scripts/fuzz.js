// Feeds readers with damaged input: npm run fuzz -- [weights|config] [--count n] [--seed n]
const [kind = 'weights', ...options] = process.argv.slice(2);
const scripts = {
  weights: '../packages/core/src/testing/fuzz-weights.ts',
  config: '../packages/segkit/src/testing/fuzz-config.ts',
};
// Options alone mean the weights.
const name = kind.startsWith('-') ? 'weights' : kind;
if (!(name in scripts))
  throw new Error(`fuzz: expected ${Object.keys(scripts).join(' or ')}, received ${name}`);
process.argv.splice(2, Infinity, ...(kind.startsWith('-') ? [kind, ...options] : options));
await import(scripts[name]);
