// libyaml's emitter is the original of go-yaml's: the same events make the same
// text. Held against Go by tests/oracles/envsubst (yaml lines of its questions).
#include "manifests/render/yaml_text.h"

#include <yaml.h>

#include <string_view>

#include "manifests/object.h"
#include "manifests/scalar.h"

namespace sluice::manifests::render {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Dates, times and numbers to the base 60, which go-yaml quotes. Taking too much
// for one costs a pair of quotes.
bool LooksLikeTime(std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with('-') || text.starts_with('+') ? 1 : 0);
  if (digits.empty() || !IsDigit(digits[0]) || text.find('$') != std::string_view::npos) return false;
  return digits.find(':') != std::string_view::npos || (digits.size() > 4 && digits[4] == '-');
}

bool ReadsAsString(std::string_view text) {
  Node node;
  node.text = text;
  return text != "<<" && !LooksLikeTime(text) && ResolvePlain(node) && node.kind == NodeKind::kString;
}

yaml_scalar_style_t StyleFor(std::string_view text) {
  if (text.find('\n') != std::string_view::npos) return YAML_LITERAL_SCALAR_STYLE;
  return ReadsAsString(text) ? YAML_PLAIN_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE;
}

int Append(void* out, unsigned char* bytes, std::size_t size) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(bytes), size);
  return 1;
}

class Emitter {
 public:
  Emitter() {
    yaml_emitter_initialize(&emitter_);
    yaml_emitter_set_output(&emitter_, Append, &text_);
    yaml_emitter_set_unicode(&emitter_, 1);
  }
  ~Emitter() { yaml_emitter_delete(&emitter_); }
  Emitter(const Emitter&) = delete;
  Emitter& operator=(const Emitter&) = delete;

  std::string Text(const Node& root) {
    yaml_stream_start_event_initialize(&event_, YAML_UTF8_ENCODING);
    Emit();
    yaml_document_start_event_initialize(&event_, nullptr, nullptr, nullptr, 1);
    Emit();
    Value(root);
    yaml_document_end_event_initialize(&event_, 1);
    Emit();
    yaml_stream_end_event_initialize(&event_);
    Emit();
    return good_ ? std::move(text_) : std::string();
  }

 private:
  // The emitter takes the event, also where it fails.
  void Emit() { good_ = good_ && yaml_emitter_emit(&emitter_, &event_) != 0; }

  void Scalar(std::string_view text, yaml_scalar_style_t style) {
    const auto* bytes = reinterpret_cast<const yaml_char_t*>(text.data() == nullptr ? "" : text.data());
    good_ = good_ && yaml_scalar_event_initialize(&event_, nullptr, nullptr, bytes,
                                                  static_cast<int>(text.size()), 1, 1, style) != 0;
    Emit();
  }

  // REQUIRES: a tree no deeper than the limit of a document, and a few edits.
  void Value(const Node& node) {
    switch (node.kind) {
      case NodeKind::kMapping:
        yaml_mapping_start_event_initialize(&event_, nullptr, nullptr, 1, YAML_BLOCK_MAPPING_STYLE);
        Emit();
        for (const Node& member : node.children) {
          Scalar(member.key, StyleFor(member.key));
          Value(member);
        }
        yaml_mapping_end_event_initialize(&event_);
        return Emit();
      case NodeKind::kSequence:
        yaml_sequence_start_event_initialize(&event_, nullptr, nullptr, 1, YAML_BLOCK_SEQUENCE_STYLE);
        Emit();
        for (const Node& element : node.children) Value(element);
        yaml_sequence_end_event_initialize(&event_);
        return Emit();
      case NodeKind::kString:
        return Scalar(node.text, StyleFor(node.text));
      default: {
        std::string text;
        CanonicalJson(node, text);
        return Scalar(text, YAML_PLAIN_SCALAR_STYLE);
      }
    }
  }

  yaml_emitter_t emitter_{};
  yaml_event_t event_{};
  std::string text_;
  bool good_ = true;
};

}  // namespace

std::string YamlText(const Node& root) { return Emitter().Text(root); }

}  // namespace sluice::manifests::render
