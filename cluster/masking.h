// Which values of an object nobody may be shown (design D18): every value of a
// Secret, of whatever looks like one and of what holds a credential; in other
// objects those under names such as `password`, and texts that hold one, in base64
// or broken over lines too. Texts of API servers quote values, so they are asked
// here before they are passed on.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/document.h"

namespace sluice::cluster {

// True where the value of the scalar `member` of `mapping` is to be masked, in an
// object that is no Secret.
bool IsMasked(const manifests::Node& mapping, const manifests::Node& member);
// The same for an element of a list, which has no name.
bool IsMaskedText(std::string_view text);

// What must not be told of one object; made of all its states (as sent, live, as
// it would be), whose nodes must outlive it. Adding costs what an object has of
// text; afterwards it may be read from many threads.
class Discretion {
 public:
  // Null adds nothing.
  void Add(const manifests::Node* root);

  // Of an object that is known by its kind alone: no value at all.
  void Silence() { silent_ = true; }

  // No value at all: the object is a Secret in one of its states, or looks like it.
  bool silent() const { return silent_; }
  // True where `text` may be shown: it holds no masked value and no credential.
  // Never true where silent().
  bool MayTell(std::string_view text) const;
  // The same for the name of a field, of any object: also a Secret's may be told.
  bool MayName(std::string_view field) const;

 private:
  void Collect(const manifests::Node& node);
  void CollectAll(const manifests::Node& node);

  bool silent_ = false;
  std::vector<const manifests::Node*> roots_;
  std::vector<std::string> masked_;           // whole values
  std::set<std::string, std::less<>> words_;  // of masked texts that are more than one word
};

// The canonical JSON of a value, as it may be shown: what is masked in it is "***", and
// so is all of it where the object is a Secret or the text holds what must not be told.
// `parent` is the mapping or list that `value` stands in; null: none.
std::string ShownJson(const manifests::Node& value, const manifests::Node* parent,
                      const Discretion& discretion);

}  // namespace sluice::cluster
