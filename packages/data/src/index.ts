import { camvid } from './camvid/camvid.js';
import { cityscapes } from './cityscapes/cityscapes.js';
import { coco } from './coco/coco.js';
import { elastic } from './elastic/elastic.js';
import { imageFolder } from './image-folder/image-folder.js';
import { instances } from './instances/instances.js';
import { shards } from './shards/shards.js';
import { syntheticCells } from './synthetic-cells/synthetic-cells.js';
import { syntheticDenoising } from './synthetic-denoising/synthetic-denoising.js';
import { tiffStack } from './tiff-stack/tiff-stack.js';
import { flip } from './transforms/flip.js';
import { mirrorPad } from './transforms/mirror-pad.js';
import { normalize } from './transforms/normalize.js';
import { padToMultiple } from './transforms/pad-to-multiple.js';
import { randomCrop } from './transforms/random-crop.js';
import { resize } from './transforms/resize.js';
import { rotate90 } from './transforms/rotate90.js';
import { voc } from './voc/voc.js';

export { camvid, cityscapes, coco, imageFolder, instances, shards, tiffStack, voc };
export { syntheticCells, syntheticDenoising };
export { elastic, flip, mirrorPad, normalize, padToMultiple, randomCrop, resize, rotate90 };

/** All data sets of this package. */
export const datasets = [
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
] as const;

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
export { listImages, type ListOptions } from './files/list-images.js';
export { inMemoryDataset, type InMemoryOptions, type MemorySample } from './in-memory/in-memory.js';
export type { PixelSource, TensorLike } from './in-memory/pixel-source.js';
export type { InstancesOptions } from './instances/instances-options.js';
export { imageGrid, toRgb, type GridOptions } from './output/image-grid.js';
export { labelSheet, type SheetOptions, type SheetRow } from './output/label-sheet.js';
export { colorize, overlay, type OverlayOptions } from './output/overlay.js';
export { encodeLabelPng, writeLabelPng } from './output/write-label-png.js';
export { encodePng, writePng } from './output/write-png.js';
export { downloadPublicSet, type DownloadedSet } from './public-sets/download-public-set.js';
export type { FetchOptions } from './public-sets/fetch-archive.js';
export type { PublicArchive, PublicSet } from './public-sets/public-set.js';
export { publicSets } from './public-sets/public-sets.js';
export { cropRaster, type Box } from './rasters/crop-raster.js';
export { flipRaster, type Mirror } from './rasters/flip-raster.js';
export { padConstant, padReflect } from './rasters/pad-raster.js';
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
export type { TiffStackOptions } from './tiff-stack/tiff-stack.js';
export type { FlipOptions } from './transforms/flip.js';
export type { NormalizeOptions } from './transforms/normalize.js';
export type { MirrorPadOptions } from './transforms/mirror-pad.js';
export type { PadToMultipleOptions } from './transforms/pad-to-multiple.js';
export type { RandomCropOptions } from './transforms/random-crop.js';
export type { ResizeOptions } from './transforms/resize.js';
export type { Rotate90Options } from './transforms/rotate90.js';
export { vocLabels } from './voc/voc-labels.js';
export type { VocOptions } from './voc/voc.js';
