import { readFileSync } from 'node:fs';

/** `null` stands for NaN. */
type Scores<Name extends string> = Readonly<Record<Name, number | null>>;

type Summary =
  'meanIoU' | 'meanDice' | 'pixelAccuracy' | 'meanClassAccuracy' | 'frequencyWeightedIoU';

interface MetricsFixture {
  readonly cases: readonly {
    readonly name: string;
    readonly classes: number;
    readonly images: readonly {
      readonly truth: readonly number[];
      readonly prediction: readonly number[];
    }[];
    readonly perClass: readonly (Scores<'iou' | 'dice' | 'precision' | 'recall'> & {
      readonly pixels: number;
    })[];
    readonly summary: Scores<Summary>;
    readonly imageMeans: Scores<Summary>;
    readonly imageIoU: readonly (number | null)[];
  }[];
  readonly psnr: readonly {
    readonly peak: number;
    readonly height: number;
    readonly width: number;
    readonly channels: number;
    readonly target: readonly number[];
    readonly prediction: readonly number[];
    readonly psnr: number;
  }[];
}

/** For tests: `oracles/fixtures/metrics.json`, made by `oracles/metrics.py`. */
export const fixture = JSON.parse(
  readFileSync(new URL('../../../oracles/fixtures/metrics.json', import.meta.url), 'utf8'),
) as MetricsFixture;
