import { exportedBy } from '@segkit/core';

import { affine } from './affine/affine.js';
import { clahe } from './clahe/clahe.js';
import { classBalancedCrop } from './class-balanced-crop/class-balanced-crop.js';
import { blur } from './color/blur.js';
import { colorJitter } from './color/color-jitter.js';
import { gamma } from './color/gamma.js';
import { gaussianNoise } from './color/gaussian-noise.js';
import { camvid } from './camvid/camvid.js';
import { cityscapes } from './cityscapes/cityscapes.js';
import { coco } from './coco/coco.js';
import { elastic } from './elastic/elastic.js';
import { imageFolder } from './image-folder/image-folder.js';
import { instances } from './instances/instances.js';
import { shards } from './shards/shards.js';
import { syntheticCells } from './synthetic-cells/synthetic-cells.js';
import { syntheticDenoising } from './synthetic-denoising/synthetic-denoising.js';
import { centerCrop } from './transforms/center-crop.js';
import { cutout } from './transforms/cutout.js';
import { tiffStack } from './tiff-stack/tiff-stack.js';
import { flip } from './transforms/flip.js';
import { mirrorPad } from './transforms/mirror-pad.js';
import { normalize } from './transforms/normalize.js';
import { oneOf } from './transforms/one-of.js';
import { padToMultiple } from './transforms/pad-to-multiple.js';
import { randomCrop } from './transforms/random-crop.js';
import { randomResizedCrop } from './transforms/random-resized-crop.js';
import { resize } from './transforms/resize.js';
import { rotate90 } from './transforms/rotate90.js';
import { voc } from './voc/voc.js';

export { camvid, cityscapes, coco, imageFolder, instances, shards, tiffStack, voc };
export { syntheticCells, syntheticDenoising };
export {
  affine,
  blur,
  centerCrop,
  clahe,
  classBalancedCrop,
  colorJitter,
  cutout,
  elastic,
  flip,
  gamma,
  gaussianNoise,
  mirrorPad,
  normalize,
  oneOf,
  padToMultiple,
  randomCrop,
  randomResizedCrop,
  resize,
  rotate90,
};

/** All data sets of this package. */
export const datasets = exportedBy(import.meta.url, [
  imageFolder,
  voc,
  camvid,
  cityscapes,
  coco,
  instances,
  tiffStack,
  shards,
  syntheticCells,
  syntheticDenoising,
]);

/** All transforms of this package. */
export const transforms = exportedBy(import.meta.url, [
  randomCrop,
  centerCrop,
  randomResizedCrop,
  classBalancedCrop,
  flip,
  rotate90,
  affine,
  elastic,
  colorJitter,
  gamma,
  gaussianNoise,
  blur,
  cutout,
  clahe,
  oneOf,
  normalize,
  resize,
  padToMultiple,
  mirrorPad,
]);

export type { AffineOptions } from './affine/affine.js';
export type { ClaheOptions } from './clahe/clahe.js';
export type { ClassBalancedCropOptions } from './class-balanced-crop/class-balanced-crop.js';
export type { BlurOptions } from './color/blur.js';
export type { ColorJitterOptions } from './color/color-jitter.js';
export type { GammaOptions } from './color/gamma.js';
export type { GaussianNoiseOptions } from './color/gaussian-noise.js';
export { auditData, type AuditOptions } from './audit/audit-data.js';
export type {
  AuditReport,
  ClassCount,
  ClassReport,
  Finding,
  FindingKind,
  ObjectClass,
  ObjectsReport,
  PixelsReport,
  Quantiles,
  SizesReport,
  SplitName,
  SplitReport,
  Suggestion,
} from './audit/audit-report.js';
export type { AuditedSplit } from './audit/read-split.js';
export { camvidLabels } from './camvid/camvid-labels.js';
export type { CamvidOptions } from './camvid/camvid.js';
export { cityscapesLabels } from './cityscapes/cityscapes-labels.js';
export type { CityscapesOptions } from './cityscapes/cityscapes.js';
export type { CocoOptions } from './coco/coco-options.js';
export type { ElasticOptions } from './elastic/elastic.js';
export type { ImageFolderOptions } from './image-folder/image-folder-options.js';
export { imageOptionsOf } from './file-dataset/image-options-of.js';
export { isImageName, listImages, type ListOptions } from './files/list-images.js';
export { inMemoryDataset, type InMemoryOptions, type MemorySample } from './in-memory/in-memory.js';
export type { PixelSource, TensorLike } from './in-memory/pixel-source.js';
export type { InstancesOptions } from './instances/instances-options.js';
export { georeferenceOf, type GeoFields, type Georeference } from './tiff/geo-fields.js';
export { openImageSource, type FileSource } from './tiff/open-image-source.js';
export { largeImage } from './tiff/open-tiff.js';
export { openTiledTiff, type TiledTiffOptions } from './tiff/tiled-tiff-writer.js';
export { geoJson } from './objects/geojson.js';
export {
  drawObjects,
  LabelComponents,
  type LabelObject,
  type Run,
} from './objects/label-components.js';
export { traceRings, type Corner, type Ring } from './objects/trace-rings.js';
export { captioned } from './output/captioned.js';
export { confusionPicture } from './output/confusion-picture.js';
export { errorMap } from './output/error-map.js';
export { gatherRows } from './output/gather-rows.js';
export { imageGrid, toRgb, type GridOptions } from './output/image-grid.js';
export { openNpy } from './output/npy-writer.js';
export { labelSheet, type SheetOptions, type SheetRow } from './output/label-sheet.js';
export { linePlotSvg, writeLinePlot, type LinePlot, type PlotLine } from './output/line-plot.js';
export { colorize, overlay, type OverlayOptions } from './output/overlay.js';
export { PredictionSheet, visible } from './output/prediction-sheet.js';
export { encodeLabelPng, writeLabelPng } from './output/write-label-png.js';
export { writeAside, type FileFiller, type RowWriter } from './output/row-writer.js';
export { writeAtomically } from './output/write-atomically.js';
export { encodePng, toBytes, writePng } from './output/write-png.js';
export { downloadPublicSet, type DownloadedSet } from './public-sets/download-public-set.js';
export type { FetchOptions } from './public-sets/fetch-archive.js';
export type { PublicArchive, PublicSet } from './public-sets/public-set.js';
export { publicSets } from './public-sets/public-sets.js';
export { cropRaster, type Box } from './rasters/crop-raster.js';
export { flipRaster, type Mirror } from './rasters/flip-raster.js';
export { padConstant, padReflect } from './rasters/pad-raster.js';
export { resizeAntialiased } from './rasters/resize-antialiased.js';
export { resizeBilinear } from './rasters/resize-bilinear.js';
export { resizeNearest } from './rasters/resize-nearest.js';
export { rotateRaster } from './rasters/rotate-raster.js';
export type { RawMask } from './reading/raw-mask.js';
export { readImage, toColor, toGray, type ReadImageOptions } from './reading/read-image.js';
export { readMask, type ReadMaskOptions } from './reading/read-mask.js';
export { maskColors, maskValues } from './reading/mask-codes.js';
export type { ShardsOptions } from './shards/shards-options.js';
export { writeShards, type WriteShardsOptions, type WrittenShards } from './shards/write-shards.js';
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
export type { CenterCropOptions } from './transforms/center-crop.js';
export type { CutoutOptions } from './transforms/cutout.js';
export type { TiffStackOptions } from './tiff-stack/tiff-stack.js';
export type { FlipOptions } from './transforms/flip.js';
export { denormalizeRaster, type NormalizeOptions } from './transforms/normalize.js';
export type { MirrorPadOptions } from './transforms/mirror-pad.js';
export type { Choice, OneOfOptions } from './transforms/one-of.js';
export type { PadToMultipleOptions } from './transforms/pad-to-multiple.js';
export type { RandomCropOptions } from './transforms/random-crop.js';
export type { RandomResizedCropOptions } from './transforms/random-resized-crop.js';
export type { ResizeOptions } from './transforms/resize.js';
export type { Rotate90Options } from './transforms/rotate90.js';
export { vocLabels } from './voc/voc-labels.js';
export type { VocOptions } from './voc/voc.js';
