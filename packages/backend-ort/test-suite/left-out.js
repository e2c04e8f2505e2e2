const document = 'needs document';
const fileReader = 'needs FileReader';
const localStorage = 'needs localStorage';
const imageData = 'needs ImageData';
const page = 'needs a page with images and canvases';
const windowFetch = 'needs window.fetch';
const timers = "measures a browser's clamping of short timers";

/** The tests of tfjs-core that run on no backend under Node (names or patterns), with the reason. */
export const leftOut = [
  { tests: 'browserDownloads *existing anchors', reason: document },
  { tests: 'browserDownloads URL scheme in explicit name gets stripped', reason: document },
  { tests: 'browserDownloads Download only model topology', reason: document },
  { tests: 'browserDownloads browserDownloadsRouter', reason: document },
  { tests: 'browserFiles One group*', reason: fileReader },
  { tests: 'browserFiles Two groups*', reason: fileReader },
  { tests: 'browserFiles Upload model topology only', reason: fileReader },
  { tests: 'browserFiles Mismatch in*', reason: fileReader },
  { tests: 'browserFiles Duplicate basenames in paths fails', reason: fileReader },
  { tests: 'browserFiles Missing modelTopology from JSON leads to Error', reason: fileReader },
  { tests: 'http-save Save topology*', reason: fileReader },
  { tests: 'http-load JSON model 1 group, 2 weights, 1 path*', reason: windowFetch },
  { tests: 'http-load JSON model Provide WeightFileTranslateFunc', reason: windowFetch },
  { tests: 'PlatformBrowser fetch calls window.fetch', reason: windowFetch },
  { tests: 'IndexedDB *', reason: 'needs indexedDB' },
  { tests: 'LocalStorage *', reason: localStorage },
  { tests: 'ModelManagement *', reason: localStorage },
  { tests: 'IORouterRegistry get*Handler succeeds', reason: localStorage },
  { tests: 'fromPixels ImageData *', reason: imageData },
  { tests: 'fromPixels fromPixels, *', reason: imageData },
  { tests: 'fromPixels fromPixels + fromPixels', reason: imageData },
  { tests: 'fromPixels fromPixels for HTML*', reason: page },
  { tests: 'fromPixels canvas and image match', reason: page },
  { tests: 'draw on canvas context *', reason: page },
  { tests: 'setTimeout setTimeout*', reason: timers },
];
