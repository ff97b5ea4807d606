// YAML for readers who take the last of two equal keys without a word: helm, and
// what sends its output to a cluster. Nothing that people write is read so.
#pragma once

#include <memory>
#include <string>

#include "manifests/document.h"

namespace sluice::manifests {

// As Parse, but of a key that stands twice in a mapping the last value stays, and
// the finding is a warning (20 of them at most in a file). JSON has no such reader.
ParsedFile ParseLastKeyWins(std::string path, std::shared_ptr<const std::string> bytes, const Limits& limits);

}  // namespace sluice::manifests
