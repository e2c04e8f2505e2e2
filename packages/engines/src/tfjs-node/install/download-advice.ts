import { wheelSuffix } from './libraries.js';

/** What to download for this platform, and with which command; says so that neither or both sources were given. */
export function downloadAdvice(gpu: boolean): string {
  const command = `npx segkit engines install-tensorflow${gpu ? ' --gpu' : ''}`;
  if (gpu) {
    return `expected --wheel or --from. TensorFlow for CUDA with NVIDIA's libraries comes by pip, for instance into a
folder of its own; then point at it:
  python3 -m venv tensorflow && tensorflow/bin/pip install 'tensorflow[and-cuda]'
  ${command} --from tensorflow/lib/python3*/site-packages/tensorflow`;
  }
  // TensorFlow has wheels named tensorflow-cpu for x64 alone; those for ARM have no CUDA in them.
  const name = process.arch === 'arm64' ? 'tensorflow' : 'tensorflow-cpu';
  return `expected --wheel or --from. Download TensorFlow's wheel (about 270 MB; for any version of Python), and give it:
  python3 -m pip download --no-deps ${name}
  ${command} --wheel ${name.replace('-', '_')}-*.whl
or the folder of an installed one, as --from <site-packages/tensorflow>. Without pip, take a file that ends with
manylinux_*_${wheelSuffix()} from https://pypi.org/project/${name}/#files.`;
}
