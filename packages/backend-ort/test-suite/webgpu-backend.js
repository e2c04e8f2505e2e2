// The backend `webgpu` for the op tests, as the engine of that name opens it: on any adapter, a software one too.
import * as webgpu from '@tensorflow/tfjs-backend-webgpu';
import { registerBackend } from '@tensorflow/tfjs-core';

import { openBackend } from '../../engines/src/webgpu/open-backend.ts';
import { registerWebgpuTrainingKernels } from '../../engines/src/webgpu/register.ts';

registerWebgpuTrainingKernels();
let opened;
// tfjs's tests ask for a new backend again and again. This also refers to what it needs for as long as it is used.
registerBackend('webgpu', async () => {
  opened?.guard.close();
  opened?.device.destroy();
  opened = await openBackend(
    { powerPreference: 'high-performance', fallbackAdapter: true },
    webgpu,
  );
  return opened.backend;
});
