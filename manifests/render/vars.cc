// vars: "$(NAME)" in the fields of the configuration becomes the value of a
// field of some object (api/filters/refvar, api/internal/accumulator). Where the
// whole text is one reference, the value keeps its type.
#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "manifests/hidden.h"
#include "manifests/render/edit.h"
#include "manifests/render/field_path.h"
#include "manifests/render/rules.h"
#include "manifests/render/transformers.h"

namespace sluice::manifests::render {
namespace {

using Values = std::map<std::string_view, const Node*>;

Var ReadVar(const Node& entry) {
  Var var;
  var.name = ScalarText(entry.Find("name"));
  var.place = entry.range;
  var.field_path = "metadata.name";
  if (const Node* object = entry.Find("objref")) {
    const auto text = [&](std::string_view name) { return ScalarText(object->Find(name)); };
    Gvk gvk{text("group"), text("version"), text("kind")};
    if (!text("apiVersion").empty()) {
      const Gvk split = SplitApiVersion(text("apiVersion"), gvk.kind);
      if (!split.group.empty()) gvk.group = split.group;
      gvk.version = split.version;
    }
    var.object = MakeId(gvk, text("name"), text("namespace"));
  }
  const Node* field = entry.Find("fieldref");
  if (field != nullptr && !ScalarText(field->Find("fieldPath")).empty()) {
    var.field_path = ScalarText(field->Find("fieldPath"));
  }
  return var;
}

// "ports[0]" is the field ports and its first element.
FieldPathParts SplitVarPath(Arena& arena, std::string_view path) {
  FieldPathParts parts;
  for (const std::string_view part : SplitFieldPath(arena, path)) {
    const std::size_t bracket = part.rfind('[');
    const bool index = part.ends_with(']') && bracket != part.npos && bracket > 0;
    if (!index) {
      parts.push_back(part);
      continue;
    }
    parts.push_back(part.substr(0, bracket));
    parts.push_back(part.substr(bracket + 1, part.size() - bracket - 2));
  }
  return parts;
}

class Expansion {
 public:
  Expansion(Arena& arena, const Values& values, std::size_t most_bytes)
      : arena_(arena), values_(values), most_bytes_(most_bytes) {}

  std::optional<Node> Of(const Node& value, std::string& problem) {
    if (value.kind == NodeKind::kNull) return std::nullopt;
    if (value.IsString()) return Text(value, problem);
    if (value.kind != NodeKind::kMapping && value.kind != NodeKind::kSequence) return std::nullopt;
    std::vector<Node> children;
    for (std::size_t i = 0; i < value.children.size(); ++i) {
      const Node& child = value.children[i];
      if (!child.IsString()) {
        if (value.kind == NodeKind::kSequence)
          problem = "invalid value type expect a string: vars are looked for in this list";
        continue;
      }
      const std::optional<Node> changed = Text(child, problem);
      if (!changed) continue;
      if (children.empty()) children.assign(value.children.begin(), value.children.end());
      children[i] = AsMember(arena_, *changed, child.key, child.key_range);
    }
    if (children.empty()) return std::nullopt;
    return WithChildren(arena_, value, children);
  }

 private:
  std::optional<Node> Text(const Node& node, std::string& problem) {
    const std::string_view text = node.text;
    if (text.find('$') == text.npos) return std::nullopt;
    std::string out;
    for (std::size_t i = 0; i < text.size() && out.size() <= most_bytes_; ++i) {
      if (text[i] != '$' || i + 1 == text.size()) {
        out += text[i];
        continue;
      }
      const char next = text[++i];
      const std::size_t close = next == '(' ? text.find(')', i) : text.npos;
      if (next == '$') {
        out += '$';
      } else if (close == text.npos) {
        out.append("$").push_back(next);
      } else {
        const std::string_view name = text.substr(i + 1, close - i - 1);
        const auto found = values_.find(name);
        const Node* value = found == values_.end() ? nullptr : found->second;
        if (value != nullptr && name.size() + 3 == text.size()) return Whole(*value);
        out += value == nullptr ? fmt::format("$({})", name) : Printed(*value);
        i = close;
      }
    }
    if (out.size() > most_bytes_)
      problem = "vars make a text larger than an object may be (limit objectBytes)";
    if (out == text || !problem.empty()) return std::nullopt;
    return TextNode(arena_, out, node.range);
  }

  Node Whole(const Node& value) {
    Node node = value;
    node.key = {};
    node.key_hash = 0;
    return node;
  }

  static std::string Printed(const Node& value) {
    if (value.kind == NodeKind::kBool) return value.value.boolean ? "true" : "false";
    if (value.kind == NodeKind::kInteger) return fmt::format("{}", value.value.integer);
    return std::string(value.text);
  }

  Arena& arena_;
  const Values& values_;
  std::size_t most_bytes_;
};

}  // namespace

bool MergeVars(Layer& layer, Accumulation& all) {
  for (const Node& entry : layer.Elements("vars")) {
    const Var var = ReadVar(entry);
    Resource* found = nullptr;
    if (!layer.Spend(10 * all.resources.size() + all.vars.size(), entry.range)) return false;
    for (Resource& resource : all.resources) {
      const bool meant = AnyId(resource, [&](const ResourceId& id) {
        return id.name == var.object.name && id.gvk == var.object.gvk &&
               (var.object.ns.empty() || id.effective == var.object.effective);
      });
      if (!meant) continue;
      if (found != nullptr) {
        return layer.Fail(
            kVarRule, entry.range,
            fmt::format("several objects match the var {} (unable to disambiguate)", Shown(var.name)));
      }
      found = &resource;
    }
    if (found != nullptr) found->vars = Add(layer.arena, found->vars, var.name);
    if (std::ranges::find(all.vars, var.name, &Var::name) != all.vars.end()) {
      return layer.Fail(kVarRule, entry.range, fmt::format("var {} already encountered", Shown(var.name)));
    }
    all.vars.push_back(var);
  }
  return true;
}

bool ResolveVars(Layer& layer, Accumulation& all) {
  if (all.vars.empty()) return true;
  Values values;
  std::vector<Resource> sources = all.resources;  // values are those before any is replaced
  for (const Var& var : all.vars) {
    if (!layer.Spend(sources.size() + all.vars.size(), var.place)) return false;
    const auto has = [&](const Resource& resource) {
      for (const TextList* name = resource.vars; name != nullptr; name = name->before) {
        if (name->text == var.name) return true;
      }
      return false;
    };
    const auto found = std::ranges::find_if(sources, has);
    if (found == sources.end()) {
      if (all.incomplete) {
        layer.LeaveOut(var.place,
                       fmt::format("the object of the var {} may be in what was left out", Shown(var.name)));
        continue;
      }
      return layer.Fail(
          kVarRule, var.place,
          fmt::format("var {} cannot be mapped to a field in the set of known resources", Shown(var.name)));
    }
    const Node* value = LookUp(found->root, SplitVarPath(layer.arena, var.field_path));
    if (value == nullptr) {
      return layer.Fail(kVarRule, var.place,
                        fmt::format("the field {} of the var {} is not in its object", Shown(var.field_path),
                                    Shown(var.name)));
    }
    const bool plain = value->kind != NodeKind::kMapping && value->kind != NodeKind::kSequence;
    if (plain) values.emplace(var.name, value);
  }
  Expansion expansion(layer.arena, values, layer.session.sources().limits().object_bytes);
  const FieldChange change{Made::kNothing, {}, [&](const Node& value, std::string& problem) {
                             return expansion.Of(value, problem);
                           }};
  return std::ranges::all_of(all.resources, [&](Resource& resource) {
    return ChangeFields(layer, resource, all.config->Of(ConfigField::kVarReference), change);
  });
}

}  // namespace sluice::manifests::render
