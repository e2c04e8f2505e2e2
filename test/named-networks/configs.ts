import { createApp, firstParty, silentLogger, type App, type ModelInput } from 'segkit';

/** A preset's network. */
export interface NamedNetwork {
  /** Channels of the image. */
  readonly inChannels: number;
  /** Logits per pixel. */
  readonly outChannels: number;
  /** Trainable scalars, as computed from the definition. */
  readonly parameters: number;
  readonly model: ModelInput;
}

/** An app with every first-party part. */
export const app: App = createApp({ plugins: [...firstParty], logger: silentLogger });

/** By preset: logits per pixel and trainable scalars, as computed from the definitions. */
const expected = {
  'unet-2015': [2, 31_030_658],
  'unet-half': [2, 7_759_554],
  'unet-quarter': [2, 1_940_834],
  'unet-bn': [2, 31_037_698],
  'unet-bilinear': [1, 28_954_561],
  'unet-transposed': [1, 31_043_521],
  'unet-crop': [2, 31_042_434],
  'unet-pad': [2, 31_042_434],
  'unet-same': [2, 31_042_434],
  'unet-oct': [2, 8_563_078],
  autoencoder: [2, 7_788_934],
  'fcn-32s': [21, 12_993_621],
  'fcn-16s': [21, 11_651_322],
  'fcn-8s': [21, 11_322_399],
  linknet: [20, 11_536_820],
  linknet34: [1, 21_642_401],
  'd-linknet18': [1, 20_987_969],
  'd-linknet34': [1, 31_096_129],
  'd-linknet50': [1, 217_645_089],
} as const satisfies Readonly<Record<string, readonly [outChannels: number, parameters: number]>>;

/** Every preset's network by name. */
export const namedNetworks = Object.fromEntries(
  Object.entries(expected).map(([name, [outChannels, parameters]]): [string, NamedNetwork] => {
    const { channels, config } = app.presets.find(name);
    return [name, { inChannels: channels, outChannels, parameters, model: config.model }];
  }),
);
