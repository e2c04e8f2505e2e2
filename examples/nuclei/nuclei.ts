import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Spec } from 'segkit';

/** Images to train on and to test on. */
export interface Nuclei {
  /** For the table. */
  readonly source: string;
  readonly train: Spec<'dataset'>;
  readonly validation: Spec<'dataset'>;
  /** Mean and standard deviation of the images. */
  readonly mean: number;
  readonly std: number;
}

/** Every fourth image is held out. */
const heldOut = (index: number): boolean => index % 4 === 3;

/** A column of a line of `index.csv`: name, width, height, instances, kind, foreground, mean. */
const column = (line: string, index: number): string => line.split(',')[index] ?? '';

/**
 * Fluorescence images of the Data Science Bowl 2018, at most 400 pixels wide, every nucleus with an id of its own: 132 to
 * train on and 43 to test on, in which a quarter of the nuclei touch another. They are looked for in SEGKIT_DATA, default
 * ../shared/data beside the repository.
 */
function dataScienceBowl(root: string): Nuclei {
  const lines = readFileSync(join(root, 'index.csv'), 'utf8').trim().split('\n').slice(1);
  const names = lines
    .filter((line) => column(line, 4) === 'gray' && Number(column(line, 1)) <= 400)
    .map((line) => column(line, 0))
    .filter((name) => existsSync(join(root, 'images', `${name}.png`)))
    .sort();
  const folder = (files: readonly string[]) =>
    ({
      name: 'image-folder',
      root,
      masks: 'instances',
      maskFormat: 'instances',
      channels: 1,
      files,
    }) as const;
  return {
    source: 'Data Science Bowl 2018',
    train: folder(names.filter((_, index) => !heldOut(index))),
    validation: folder(names.filter((_, index) => heldOut(index))),
    mean: 0.051,
    std: 0.072,
  };
}

/**
 * Generated cells that touch, for those who lack the data.
 * @param count - Images to test on.
 */
export function generatedCells(count = 16): Nuclei {
  const cells = { name: 'synthetic-cells', size: 256 } as const;
  return {
    source: 'generated cells',
    train: { ...cells, count: 3 * count, seed: 1 },
    validation: { ...cells, count, seed: 2 },
    mean: 0.5,
    std: 0.2,
  };
}

/** The nuclei if they are there, or else generated cells. */
export function findNuclei(): Nuclei {
  const beside = fileURLToPath(new URL('../../../shared/data', import.meta.url));
  const root = join(process.env['SEGKIT_DATA'] ?? beside, 'nuclei_dsb2018');
  return existsSync(join(root, 'index.csv')) ? dataScienceBowl(root) : generatedCells();
}
