// Node-API 10 lets a reference hold a string. Electron 22 has Node-API 8, where only an object can be held. The library of
// better-sqlite3 asks for such references and for nothing else that is newer than 8: here a string is held in a box.
// Its three symbols are renamed to these (see app-folder.ts), and this library is loaded before it.
#include <mutex>
#include <node_api.h>
#include <unordered_set>

namespace {
std::mutex guard;
std::unordered_set<napi_ref> boxed;
}  // namespace

extern "C" {

NAPI_EXTERN napi_status nshi_create_reference(napi_env env, napi_value value, uint32_t count, napi_ref* result) {
  napi_valuetype type;
  napi_status status = napi_typeof(env, value, &type);
  if (status != napi_ok || type == napi_object || type == napi_function || type == napi_external)
    return napi_create_reference(env, value, count, result);
  napi_value box;
  if ((status = napi_create_object(env, &box)) != napi_ok) return status;
  if ((status = napi_set_element(env, box, 0, value)) != napi_ok) return status;
  if ((status = napi_create_reference(env, box, count, result)) != napi_ok) return status;
  std::lock_guard<std::mutex> locked(guard);
  boxed.insert(*result);
  return napi_ok;
}

NAPI_EXTERN napi_status nshi_get_reference_value(napi_env env, napi_ref reference, napi_value* result) {
  napi_status status = napi_get_reference_value(env, reference, result);
  if (status != napi_ok || *result == nullptr) return status;
  {
    std::lock_guard<std::mutex> locked(guard);
    if (boxed.count(reference) == 0) return status;
  }
  return napi_get_element(env, *result, 0, result);
}

NAPI_EXTERN napi_status nshi_delete_reference(napi_env env, napi_ref reference) {
  {
    std::lock_guard<std::mutex> locked(guard);
    boxed.erase(reference);
  }
  return napi_delete_reference(env, reference);
}

}  // extern "C"

NAPI_MODULE_INIT() { return exports; }
