// A stranger's transform, which the loader's threads import from the config.
import { defineTransform } from 'segkit';
import * as z from 'zod';

const options = z.strictObject({ by: z.number().default(0.5).describe('Factor of all values.') });

declare module 'segkit' {
  interface TransformOptions {
    darken: z.input<typeof options>;
  }
}

export const darken = defineTransform({
  name: 'darken',
  description: 'Multiplies the image.',
  options,
  create: ({ by }) => ({
    apply: (sample) => ({
      ...sample,
      image: { ...sample.image, data: sample.image.data.map((value) => by * value) },
    }),
  }),
});
