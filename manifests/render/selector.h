// Which objects a patch or a replacement means: group, version, kind, name and
// namespace as regular expressions over the whole text, labels and annotations
// as Kubernetes' selectors (api/types/selector.go, apimachinery's labels.Parse).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/pattern.h"
#include "manifests/render/layer.h"

namespace sluice::manifests::render {

enum class LabelOperator : std::uint8_t { kIn, kNotIn, kExists, kAbsent, kGreater, kLess };

struct LabelRequirement {
  std::string key;
  LabelOperator is = LabelOperator::kExists;
  std::vector<std::string> values;
};

// "a=b,c!=d,e in (x,y),!f,g>1"; nullopt where it is none.
std::optional<std::vector<LabelRequirement>> ParseLabelSelector(std::string_view text);
// `labels`: metadata.labels or annotations, or null.
bool MatchesLabels(std::span<const LabelRequirement> selector, const Node* labels);

class Selector {
 public:
  // nullopt after a finding. `node`: a mapping with the fields of a selector.
  static std::optional<Selector> Read(Layer& layer, const Node& node);

  // As patches select: the name and namespace of now or of the file.
  bool Selects(const Resource& resource) const;
  // The labels and annotations alone.
  bool SelectsByLabels(const Resource& resource) const;

 private:
  struct Text {
    std::string_view text;
    std::optional<Pattern> pattern;  // none: equal text
    bool Matches(std::string_view value) const;
  };

  Text group_, version_, kind_, name_, ns_;
  std::vector<LabelRequirement> labels_, annotations_;
};

}  // namespace sluice::manifests::render
