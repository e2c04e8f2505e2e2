import { elastic } from './elastic/elastic.js';
import { imageFolder } from './image-folder/image-folder.js';
import { syntheticCells } from './synthetic-cells/synthetic-cells.js';
import { syntheticDenoising } from './synthetic-denoising/synthetic-denoising.js';
import { flip } from './transforms/flip.js';
import { mirrorPad } from './transforms/mirror-pad.js';
import { normalize } from './transforms/normalize.js';
import { padToMultiple } from './transforms/pad-to-multiple.js';
import { randomCrop } from './transforms/random-crop.js';
import { resize } from './transforms/resize.js';
import { rotate90 } from './transforms/rotate90.js';

export { imageFolder, syntheticCells, syntheticDenoising };
export { elastic, flip, mirrorPad, normalize, padToMultiple, randomCrop, resize, rotate90 };

/** All data sets of this package. */
export const datasets = [imageFolder, syntheticCells, syntheticDenoising] as const;

/** All transforms of this package. */
export const transforms = [
  randomCrop,
  flip,
  rotate90,
  elastic,
  normalize,
  resize,
  padToMultiple,
  mirrorPad,
] as const;

export type { ElasticOptions } from './elastic/elastic.js';
export type { ImageFolderOptions } from './image-folder/image-folder-options.js';
export { listImages } from './image-folder/list-images.js';
export { imageGrid, toRgb, type GridOptions } from './output/image-grid.js';
export { labelSheet, type SheetOptions, type SheetRow } from './output/label-sheet.js';
export { linePlotSvg, writeLinePlot, type LinePlot, type PlotLine } from './output/line-plot.js';
export { colorize, overlay, type OverlayOptions } from './output/overlay.js';
export { encodeLabelPng, writeLabelPng } from './output/write-label-png.js';
export { encodePng, writePng } from './output/write-png.js';
export { cropRaster, type Box } from './rasters/crop-raster.js';
export { flipRaster, type Mirror } from './rasters/flip-raster.js';
export { padConstant, padReflect } from './rasters/pad-raster.js';
export { resizeBilinear } from './rasters/resize-bilinear.js';
export { resizeNearest } from './rasters/resize-nearest.js';
export { rotateRaster } from './rasters/rotate-raster.js';
export type { RawMask } from './reading/raw-mask.js';
export { readImage, toColor, toGray, type ReadImageOptions } from './reading/read-image.js';
export { readMask } from './reading/read-mask.js';
export { maskColors, maskValues } from './reading/mask-codes.js';
export {
  drawCellField,
  type CellField,
  type CellFieldOptions,
} from './synthetic-cells/cell-field.js';
export {
  otsuThreshold,
  thresholdBaseline,
  type ThresholdBaseline,
} from './synthetic-cells/otsu.js';
export type { SyntheticCellsOptions } from './synthetic-cells/synthetic-cells.js';
export type { SyntheticDenoisingOptions } from './synthetic-denoising/synthetic-denoising.js';
export type { FlipOptions } from './transforms/flip.js';
export type { NormalizeOptions } from './transforms/normalize.js';
export type { MirrorPadOptions } from './transforms/mirror-pad.js';
export type { PadToMultipleOptions } from './transforms/pad-to-multiple.js';
export type { RandomCropOptions } from './transforms/random-crop.js';
export type { ResizeOptions } from './transforms/resize.js';
export type { Rotate90Options } from './transforms/rotate90.js';
