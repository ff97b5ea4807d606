// Single objects of the API server: applied, looked at, deleted; and what its
// answers mean for the next try.
#pragma once

#include <string>
#include <string_view>

#include "cluster/api_client.h"
#include "cluster/members.h"

namespace sluice::agent {

inline constexpr std::string_view kFieldManager = "sluice-agent";
// Of Flux, where it applies.
inline constexpr std::string_view kFluxManager = "kustomize-controller";
// Of the label of the ApplySet, where an object lost it or its record has one of its own.
inline constexpr std::string_view kLabelManager = "sluice-agent-applyset";

enum class Answer : std::uint8_t {
  kDone,
  kGone,     // there is no such object
  kLater,    // the server, or what the object needs, was not ready: again in the next cycle
  kRefused,  // it will be refused again until something changes
};

struct Outcome {
  Answer answer = Answer::kLater;
  std::string words{};         // half a sentence; no value of a Secret
  cluster::JsonObject live{};  // root null where none came
};

// Where an object is, and as whom it is asked for.
struct Place {
  cluster::ApiClient* client = nullptr;
  std::string path;
};

// Server-side apply of exactly these bytes; fields are taken over from others.
// `sent` are those bytes, read: what must not be told of them is not told.
Outcome Apply(const Place& place, const std::string& json, const manifests::Node& sent);
// The recorded bytes and the label that makes the object a member of the ApplySet. The bytes alone where they
// are not canonical, or say something of that label themselves. `recorded` are those bytes, read.
std::string MemberText(const std::string& json, const manifests::Node& recorded, std::string_view applyset);
// Apply() of that.
Outcome ApplyMember(const Place& place, const std::string& json, const manifests::Node& recorded,
                    std::string_view applyset);
// A JSON Patch (RFC 6902), once: not sent again. `live` as `sent`.
Outcome PatchJson(const Place& place, const std::string& patch, const manifests::Node& live);
// Puts the label on an object that is there.
Outcome Label(const Place& place, const manifests::Node& live, const std::string& applyset);
Outcome Look(const Place& place);
// Deletes that very object, in the state that was looked at.
Outcome Delete(const Place& place, const manifests::Node& live);

bool IsMember(const manifests::Node& live, const std::string& applyset);
// Whether the agent applied it: its field manager is among those that did.
bool IsAppliedByUs(const manifests::Node& live);
// Annotated so that no tool prunes it: ours, Flux's, Argo CD's and helm's words.
bool IsKept(const manifests::Node& live);

}  // namespace sluice::agent
