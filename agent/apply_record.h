// The objects of one record, applied: wave by wave, eight at a time within a wave. One that is refused does
// not stop those that do not depend on it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/apply_order.h"
#include "agent/keeper.h"
#include "agent/places.h"
#include "agent/state.h"
#include "net/cancellation.h"

namespace sluice::agent {

struct AppliedObject {
  Answer answer = Answer::kLater;
  std::string words;  // why it was not taken
  std::string uid{};  // of the live object
  bool sent = false;  // it was applied now; else nothing happened to it since it was
};

struct ApplyWork {
  cluster::ApiClient& own;  // the agent's own rights
  Places& places;
  const std::string& applyset;
  const net::Cancellation& cancel;
  Keeper& keeper;
  const std::vector<std::string>& take_over;  // of the configuration
  const std::map<std::string, Owned>& owned;  // what was applied before, by path
};

// Those of the objects that have a place, to be kept.
std::vector<KeptObject> KeptOf(const std::vector<OrderedObject>& objects, const Places& places);

// Of the same index as `objects`, which Order() gave. What is taken or refused is told to the keeper.
std::vector<AppliedObject> ApplyAll(const std::vector<OrderedObject>& objects, const ApplyWork& work);

}  // namespace sluice::agent
