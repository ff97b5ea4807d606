// A change of an environment as people agree to it, and who agrees: whole, for people
// and for programs. No value of a Secret is in it.
#pragma once

#include <string>

#include "gate/push.h"
#include "gate/recorded_change.h"
#include "report/json_writer.h"

namespace sluice::cli {

// One paragraph an object, each field that differs with both values in full.
std::string ChangeAsText(const gate::RecordedChange& change);
// What an approval of it says of files and authors; empty where it says nothing.
std::string SeenAsText(const gate::EnvironmentTurn& turn);
// Who was asked and agreed, who does not count and why, what is missing.
std::string PeopleAsText(const gate::EnvironmentTurn& turn);

// One object of a list: the change and the people.
void AddReview(report::JsonWriter& json, const gate::EnvironmentTurn& turn,
               const gate::RecordedChange& change);

}  // namespace sluice::cli
