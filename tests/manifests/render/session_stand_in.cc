// What a release needs of a session, for as long as the library has none.
#include "manifests/render/build.h"

namespace sluice::manifests::render {

struct Session::Bases {};

__attribute__((weak)) Session::Session(const FileTree& tree, const Limits& limits, const KindFacts& facts)
    : sources_(tree, limits), facts_(facts), bases_(std::make_unique<Bases>()) {}
__attribute__((weak)) Session::~Session() = default;

}  // namespace sluice::manifests::render
