// The meta/v1 Status in which an API server says what went wrong.
#pragma once

#include <string_view>
#include <vector>

#include "manifests/document.h"

namespace sluice::cluster {

struct StatusCause {
  std::string_view reason;  // "FieldValueInvalid"
  std::string_view message;
  std::string_view field;
};

// Views of the body.
struct ServerStatus {
  std::string_view reason;  // "Invalid"; often empty
  std::string_view message;
  // The message behind `configmaps "x" is forbidden: `, where it begins so.
  std::string_view said;
  bool forbids = false;             // it does
  std::vector<StatusCause> causes;  // of details
};

// `root` is the body of an answer; a body that is no Status has the message
// `text`, which is what it is in bytes.
ServerStatus StatusOf(const manifests::Node* root, std::string_view text);

}  // namespace sluice::cluster
