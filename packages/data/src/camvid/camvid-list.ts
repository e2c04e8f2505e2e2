import { basename } from 'node:path/posix';

import { isImageName, stemOf } from '../files/list-images.js';

/** A line of SegNet's lists: the paths of an image and of its mask, on the machine of their author. */
const pathPair = /^(?<image>.+\.(?:png|jpe?g|tiff?))\s+\S.*$/i;

/**
 * The image that a line of a list names: by its stem, its file, its path, or SegNet's pair of paths.
 * @example stemOfLine('/SegNet/CamVid/train/0001TP_006690.png /SegNet/CamVid/trainannot/0001TP_006690.png')
 * // '0001TP_006690'
 */
export function stemOfLine(line: string): string {
  const image = pathPair.exec(line)?.groups?.image ?? line;
  const name = basename(image.replaceAll('\\', '/'));
  return isImageName(name) ? stemOf(name) : name;
}
