/** What `segkit predict` can write, by name: what it is, and the names of its files. */
export const predictionFormats = {
  labels: {
    about: "class indices, shown in the classes' colours",
    file: (base: string, tiff: boolean) => base + (tiff ? '.tif' : '.png'),
  },
  color: {
    about: "the classes' colours as RGB",
    file: (base: string, tiff: boolean) => `${base}-color${tiff ? '.tif' : '.png'}`,
  },
  overlay: {
    about: "the image tinted in the classes' colours",
    file: (base: string, tiff: boolean) => `${base}-overlay${tiff ? '.tif' : '.png'}`,
  },
  probabilities: {
    about: 'float32 probabilities, one channel a class, as TIFF',
    file: (base: string) => `${base}-probabilities.tif`,
  },
  npy: {
    about: 'the same for NumPy, [height, width, channels]',
    file: (base: string) => `${base}-probabilities.npy`,
  },
  polygons: {
    about: 'outlines of all connected objects, class 0 left out, as GeoJSON',
    file: (base: string) => `${base}.geojson`,
  },
  instances: {
    about: 'ids of these objects, 16 bits (TIFF: 32)',
    file: (base: string, tiff: boolean) => `${base}-instances${tiff ? '.tif' : '.png'}`,
  },
} as const satisfies Record<string, PredictionFormat>;

interface PredictionFormat {
  readonly about: string;
  /** @param base - Path without extension. @param tiff - Whether the image is large, or lies somewhere on earth. */
  readonly file: (base: string, tiff: boolean) => string;
}

/** Name of a format. */
export type FormatName = keyof typeof predictionFormats;

/** All names, in the order of help. */
export const formatNames = Object.keys(predictionFormats) as FormatName[];

/** Formats that a network can write which makes images instead of classes. */
export const imageFormats: readonly FormatName[] = ['labels', 'probabilities', 'npy'];
