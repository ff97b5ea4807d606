#include "schemas/values.h"

#include <cmath>
#include <functional>
#include <string>

#include "manifests/object.h"

namespace sluice::schemas {
namespace {

using manifests::Node;
using manifests::NodeKind;

bool IsNumber(const Node& node) { return node.kind == NodeKind::kInteger || node.kind == NodeKind::kFloat; }
bool IsCollection(const Node& node) {
  return node.kind == NodeKind::kSequence || node.kind == NodeKind::kMapping;
}

std::string Json(const Node& node) {
  std::string out;
  manifests::CanonicalJson(node, out);
  return out;
}

std::uint64_t Hash(std::string_view text) { return std::hash<std::string_view>{}(text); }

}  // namespace

double NumberOf(const Node& node) {
  if (node.kind == NodeKind::kFloat) return node.value.number;
  if (node.is_unsigned) return static_cast<double>(static_cast<std::uint64_t>(node.value.integer));
  return static_cast<double>(node.value.integer);
}

bool IsWhole(const Node& node) {
  if (node.kind == NodeKind::kInteger) return true;
  return node.kind == NodeKind::kFloat && node.value.number == std::floor(node.value.number);
}

bool SameValue(const Node& a, const Node& b) {
  if (IsNumber(a) && IsNumber(b)) {
    if (a.kind == NodeKind::kInteger && b.kind == NodeKind::kInteger) {
      return a.value.integer == b.value.integer && a.is_unsigned == b.is_unsigned;
    }
    return NumberOf(a) == NumberOf(b);
  }
  if (a.kind != b.kind) return false;
  if (a.kind == NodeKind::kString) return a.text == b.text;
  if (a.kind == NodeKind::kBool) return a.value.boolean == b.value.boolean;
  return !IsCollection(a) || (a.children.size() == b.children.size() && Json(a) == Json(b));
}

bool IsValue(const Bundle& bundle, const Node& node, const ValueRow& value) {
  switch (value.kind) {
    case ValueKind::kNull:
      return node.kind == NodeKind::kNull;
    case ValueKind::kFalse:
      return node.kind == NodeKind::kBool && !node.value.boolean;
    case ValueKind::kTrue:
      return node.kind == NodeKind::kBool && node.value.boolean;
    case ValueKind::kInteger:
      if (node.kind == NodeKind::kInteger) return !node.is_unsigned && node.value.integer == value.integer;
      return node.kind == NodeKind::kFloat && node.value.number == value.number;
    case ValueKind::kNumber:
      return IsNumber(node) && NumberOf(node) == value.number;
    case ValueKind::kString:
      return node.IsString() && node.text == bundle.Text(value.text);
    case ValueKind::kOther:
      return IsCollection(node) && Json(node) == bundle.Text(value.json);
  }
  return false;
}

std::uint64_t HashValue(const Node& node) {
  if (IsNumber(node)) return std::hash<double>{}(NumberOf(node));
  if (node.IsString()) return Hash(node.text);
  if (node.kind == NodeKind::kBool) return node.value.boolean ? 1 : 2;
  return IsCollection(node) ? Hash(Json(node)) : 3;
}

std::uint64_t HashValue(const Bundle& bundle, const ValueRow& value) {
  switch (value.kind) {
    case ValueKind::kNull:
      return 3;
    case ValueKind::kFalse:
      return 2;
    case ValueKind::kTrue:
      return 1;
    case ValueKind::kInteger:
    case ValueKind::kNumber:
      return std::hash<double>{}(value.number);
    case ValueKind::kString:
      return Hash(bundle.Text(value.text));
    case ValueKind::kOther:
      break;
  }
  return Hash(bundle.Text(value.json));
}

}  // namespace sluice::schemas
