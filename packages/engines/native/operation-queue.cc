// A queue of operations for tfjs-node's binding, compiled into it by `segkit engines install-tensorflow`.
//
// The binding runs every operation at once on JavaScript's thread, and asks each output for its shape, which waits for the
// output. Here an operation whose name is followed by the shapes of its outputs, as in `SplitV@2,8;2,4;`, is put into a
// queue that another thread works off, and the shapes are answered from its name; all others run as before, after what they
// read. The linker leads the binding's calls of TensorFlow's C API here (`--wrap` in operation-queue.gypi).
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"

extern "C" {

// Of c_api_experimental.h, which includes more than a wheel's headers of the C API.
typedef struct TFE_Executor TFE_Executor;
TFE_Executor *TFE_NewExecutor(bool is_async, bool enable_streaming_enqueue, int in_flight_nodes_limit);
void TFE_DeleteExecutor(TFE_Executor *);
void TFE_ExecutorWaitForAllPendingNodes(TFE_Executor *, TF_Status *);
void TFE_ExecutorClearError(TFE_Executor *);
TFE_Executor *TFE_ContextGetExecutorForThread(TFE_Context *);
void TFE_ContextSetExecutorForThread(TFE_Context *, TFE_Executor *);

TFE_Op *__real_TFE_NewOp(TFE_Context *, const char *, TF_Status *);
void __real_TFE_Execute(TFE_Op *, TFE_TensorHandle **, int *, TF_Status *);
int __real_TFE_TensorHandleNumDims(TFE_TensorHandle *, TF_Status *);
int64_t __real_TFE_TensorHandleDim(TFE_TensorHandle *, int, TF_Status *);
TF_Tensor *__real_TF_NewTensor(TF_DataType, const int64_t *, int, void *, size_t,
                               void (*)(void *, size_t, void *), void *);
void __real_TFE_DeleteContext(TFE_Context *);
}

namespace {

using Shape = std::vector<int64_t>;

// Operations that may wait at a time: more, and JavaScript's thread waits. A training step has some hundreds.
constexpr int queue_limit = 2000;

// Of one thread of JavaScript's, which has a context of its own.
struct Queue {
  TFE_Context *context = nullptr;
  TFE_Executor *queued = nullptr;
  TFE_Executor *direct = nullptr;
  // An operation between its creation and its execution, and the shapes of its outputs.
  TFE_Op *op = nullptr;
  std::vector<Shape> shapes;
  // The outputs of the last one.
  std::vector<std::pair<TFE_TensorHandle *, Shape>> outputs;
};

thread_local Queue queue;

// Every queue that runs; never freed, as it is read when the process ends.
std::mutex &mutex = *new std::mutex();
std::vector<TFE_Executor *> &running = *new std::vector<TFE_Executor *>();

void wait_for(TFE_Executor *executor) {
  TF_Status *status = TF_NewStatus();
  TFE_ExecutorWaitForAllPendingNodes(executor, status);
  TF_DeleteStatus(status);
}

// A thread that still computes while the process takes TensorFlow down would crash it.
void wait_for_all() {
  std::lock_guard<std::mutex> lock(mutex);
  for (TFE_Executor *executor : running) wait_for(executor);
}

void start(TFE_Context *context) {
  if (queue.context == context) return;
  queue.context = context;
  queue.direct = TFE_ContextGetExecutorForThread(context);
  queue.queued = TFE_NewExecutor(true, false, queue_limit);
  std::lock_guard<std::mutex> lock(mutex);
  static const int registered = std::atexit(wait_for_all);
  (void)registered;
  running.push_back(queue.queued);
}

void stop() {
  wait_for(queue.queued);
  {
    std::lock_guard<std::mutex> lock(mutex);
    running.erase(std::remove(running.begin(), running.end(), queue.queued), running.end());
  }
  TFE_ContextSetExecutorForThread(queue.context, queue.direct);
  TFE_DeleteExecutor(queue.queued);
  TFE_DeleteExecutor(queue.direct);
  queue = Queue();
}

// `2,8;2,4;`: every shape ends with a semicolon, also that of a scalar.
std::vector<Shape> shapes_of(const char *text) {
  std::vector<Shape> shapes;
  Shape shape;
  while (*text != '\0') {
    if (*text == ';') {
      shapes.push_back(shape);
      shape.clear();
      text++;
      continue;
    }
    char *end;
    shape.push_back(std::strtoll(text, &end, 10));
    if (end == text) break;
    text = *end == ',' ? end + 1 : end;
  }
  return shapes;
}

const Shape *known_shape(TFE_TensorHandle *handle) {
  for (const auto &output : queue.outputs) {
    if (output.first == handle) return &output.second;
  }
  return nullptr;
}

}  // namespace

extern "C" {

TFE_Op *__wrap_TFE_NewOp(TFE_Context *context, const char *name, TF_Status *status) {
  queue.op = nullptr;
  queue.outputs.clear();
  const char *at = std::strchr(name, '@');
  if (at == nullptr) return __real_TFE_NewOp(context, name, status);
  start(context);
  queue.shapes = shapes_of(at + 1);
  TFE_ContextSetExecutorForThread(context, queue.queued);
  queue.op = __real_TFE_NewOp(context, std::string(name, at).c_str(), status);
  TFE_ContextSetExecutorForThread(context, queue.direct);
  return queue.op;
}

void __wrap_TFE_Execute(TFE_Op *op, TFE_TensorHandle **outputs, int *count, TF_Status *status) {
  if (op == nullptr || op != queue.op) {
    __real_TFE_Execute(op, outputs, count, status);
    return;
  }
  queue.op = nullptr;
  // Also now: oneDNN's operations take the place of this one, for the executor of the moment.
  TFE_ContextSetExecutorForThread(queue.context, queue.queued);
  __real_TFE_Execute(op, outputs, count, status);
  TFE_ContextSetExecutorForThread(queue.context, queue.direct);
  if (TF_GetCode(status) != TF_OK) {
    // Of an operation before, maybe: what was to come of it is an error to whoever reads it. Others can go on.
    TFE_ExecutorClearError(queue.queued);
    return;
  }
  for (int i = 0; i < *count && i < static_cast<int>(queue.shapes.size()); i++) {
    queue.outputs.emplace_back(outputs[i], queue.shapes[i]);
  }
}

int __wrap_TFE_TensorHandleNumDims(TFE_TensorHandle *handle, TF_Status *status) {
  const Shape *shape = known_shape(handle);
  return shape != nullptr ? static_cast<int>(shape->size()) : __real_TFE_TensorHandleNumDims(handle, status);
}

int64_t __wrap_TFE_TensorHandleDim(TFE_TensorHandle *handle, int axis, TF_Status *status) {
  const Shape *shape = known_shape(handle);
  return shape != nullptr ? (*shape)[axis] : __real_TFE_TensorHandleDim(handle, axis, status);
}

// The binding lends TensorFlow JavaScript's own memory and gives it back when the tensor goes, which only JavaScript's thread
// may do; so the tensor is a copy.
TF_Tensor *__wrap_TF_NewTensor(TF_DataType type, const int64_t *dims, int rank, void *data, size_t bytes,
                               void (*give_back)(void *, size_t, void *), void *argument) {
  TF_Tensor *copy = TF_AllocateTensor(type, dims, rank, bytes);
  if (bytes > 0) {
    // Without memory for a copy TensorFlow says so itself, of what it is lent.
    if (copy == nullptr || TF_TensorData(copy) == nullptr) {
      return __real_TF_NewTensor(type, dims, rank, data, bytes, give_back, argument);
    }
    std::memcpy(TF_TensorData(copy), data, bytes);
  }
  give_back(data, bytes, argument);
  return copy;
}

void __wrap_TFE_DeleteContext(TFE_Context *context) {
  if (queue.context == context) stop();
  __real_TFE_DeleteContext(context);
}
}
