import type { LabelSchema } from '@segkit/core';

import type { Finding, SplitName } from './audit-report.js';
import type { SplitFacts } from './read-split.js';
import type { SampleFacts } from './sample-facts.js';
import { isConstant, nameOf } from './split-findings.js';

/** A sample and its split. */
interface Placed {
  readonly split: SplitName;
  readonly sample: SampleFacts;
}

/** What is to be said of splits beside each other. */
export function sharedFindings(splits: readonly SplitFacts[], labels: LabelSchema): Finding[] {
  return [...sameImages(splits), ...differentChannels(splits), ...missingClasses(splits, labels)];
}

/** Images of equal pixels: in two splits, in one, or with different masks. Empty ones are alike and tell nothing. */
function sameImages(splits: readonly SplitFacts[]): Finding[] {
  const byHash = new Map<string, Placed[]>();
  for (const { name: split, samples } of splits) {
    for (const sample of samples.filter((one) => !isConstant(one))) {
      const group = byHash.get(sample.imageHash);
      if (group === undefined) byHash.set(sample.imageHash, [{ split, sample }]);
      else group.push({ split, sample });
    }
  }
  const groups = [...byHash.values()].filter((group) => group.length > 1);
  const leaked = groups.filter((group) => splitsOf(group).length > 1);
  const doubled = groups.filter((group) => splitsOf(group).length < group.length);
  const contrary = groups.filter(
    (group) => new Set(group.map(({ sample }) => sample.maskHash).filter(Boolean)).size > 1,
  );
  const say = (
    level: Finding['level'],
    kind: Finding['kind'],
    found: readonly Placed[][],
    what: (images: string) => string,
  ): Finding[] => {
    if (found.length === 0) return [];
    const images = `${String(found.length)} ${found.length === 1 ? 'image' : 'images'}`;
    const details = found.map((group) =>
      group.map(({ split, sample }) => `${nameOf(sample)} (${split})`).join(' = '),
    );
    return [{ level, kind, splits: splitsOf(found.flat()), message: what(images), details }];
  };
  return [
    ...say(
      'error',
      'leak',
      leaked,
      (images) => `${images} in more than one split, so that scores would be of what was learned`,
    ),
    ...say('warning', 'duplicate', doubled, (images) => `${images} more than once in a split`),
    ...say(
      'warning',
      'conflicting-masks',
      contrary,
      (images) => `${images} more than once, with different masks`,
    ),
  ];
}

function splitsOf(group: readonly Placed[]): SplitName[] {
  return [...new Set(group.map(({ split }) => split))];
}

function differentChannels(splits: readonly SplitFacts[]): Finding[] {
  const found = splits.flatMap(({ name, samples: [first] }) =>
    first === undefined ? [] : [{ name, channels: first.channels.length }],
  );
  if (new Set(found.map(({ channels }) => channels)).size < 2) return [];
  const each = found.map(({ name, channels }) => `${String(channels)} in ${name}`).join(', ');
  const message = `images differ in channels: ${each}; set "channels" of the data sets to the same number`;
  const names = found.map(({ name }) => name);
  return [{ level: 'error', kind: 'channels', splits: names, message, details: [] }];
}

/** Classes that a split with masks never shows. */
function missingClasses(splits: readonly SplitFacts[], { classes }: LabelSchema): Finding[] {
  return splits.flatMap(({ name, samples }): Finding[] => {
    const masks = samples.flatMap(({ classPixels }) => (classPixels ? [classPixels] : []));
    if (masks.length === 0) return [];
    const missing = classes.filter((_, label) => masks.every((pixels) => pixels[label] === 0));
    if (missing.length === 0) return [];
    const names = missing.map((entry) => entry.name);
    const why = name === 'train' ? 'cannot be learned' : 'get no score there';
    const message = `${String(names.length)} of ${String(classes.length)} classes never occur in ${name} and ${why}`;
    return [{ level: 'warning', kind: 'missing-class', splits: [name], message, details: names }];
  });
}
