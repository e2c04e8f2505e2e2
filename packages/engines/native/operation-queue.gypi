# Adds operation-queue.cc to the binding that binding.gyp describes.
{
  'target_defaults': {
    'target_conditions': [
      ['_type=="loadable_module"', {
        'sources': ['operation-queue.cc'],
        'ldflags': [
          '-Wl,--wrap=TFE_NewOp',
          '-Wl,--wrap=TFE_Execute',
          '-Wl,--wrap=TFE_TensorHandleNumDims',
          '-Wl,--wrap=TFE_TensorHandleDim',
          '-Wl,--wrap=TF_NewTensor',
          '-Wl,--wrap=TFE_DeleteContext',
        ],
      }],
    ],
  },
}
