// Places at which a test may end the process, as a power cut would: between two
// writes that have to come in this order. A program that defines no
// SluiceCrashPoint (every one that is installed) has a null pointer there.
#pragma once

extern "C" __attribute__((weak)) void SluiceCrashPoint(const char* name);

namespace sluice {

inline void CrashPoint(const char* name) {
  if (SluiceCrashPoint != nullptr) SluiceCrashPoint(name);
}

}  // namespace sluice
