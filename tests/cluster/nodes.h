// A text of YAML as one node, for tests.
#pragma once

#include <string>
#include <string_view>

#include "manifests/object.h"
#include "tests/catch.h"

namespace sluice::cluster {

class Text {
 public:
  explicit Text(std::string_view yaml) : file_(manifests::Parse("test", std::string(yaml), {})) {
    REQUIRE(file_.Readable());
    REQUIRE(file_.documents.size() == 1);
  }
  const manifests::Node& operator*() const { return *file_.documents[0].root; }
  const manifests::Node* operator->() const { return file_.documents[0].root; }
  const manifests::Node* get() const { return file_.documents[0].root; }
  std::string json() const {
    std::string json;
    manifests::CanonicalJson(**this, json);
    return json;
  }

 private:
  manifests::ParsedFile file_;
};

}  // namespace sluice::cluster
