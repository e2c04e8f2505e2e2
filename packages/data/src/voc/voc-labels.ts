import type { LabelsInput } from '@segkit/core';

/**
 * PASCAL VOC's classes, palette indices 0 to 20; 255, the border of objects, is ignored.
 * @see http://host.robots.ox.ac.uk/pascal/VOC/voc2012/
 */
export const vocLabels: LabelsInput = {
  classes: [
    'background',
    'aeroplane',
    'bicycle',
    'bird',
    'boat',
    'bottle',
    'bus',
    'car',
    'cat',
    'chair',
    'cow',
    'diningtable',
    'dog',
    'horse',
    'motorbike',
    'person',
    'potted plant',
    'sheep',
    'sofa',
    'train',
    'tv/monitor',
  ],
};
