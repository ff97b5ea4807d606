// Canonical JSON as names and values, so that a test can spoil one of them.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace sluice::promotion {

using MemberMap = std::map<std::string, std::string>;  // the values are JSON

inline std::string Text(const MemberMap& members) {
  std::string text;
  for (const auto& [name, json] : members)
    text.append(text.empty() ? "{" : ",").append("\"" + name + "\":").append(json);
  return text.empty() ? "{}" : text + "}";
}

// Every map that lacks one member, has one more, or one of another kind. `may` says
// which values of the list below a member may have all the same.
struct Spoilt {
  std::string how;
  MemberMap members;
};

inline std::vector<Spoilt> Spoil(const MemberMap& right, const std::map<std::string, std::string>& may = {}) {
  std::vector<Spoilt> spoilt;
  for (const auto& [name, json] : right) {
    MemberMap without = right;
    without.erase(name);
    spoilt.push_back({"without " + name, without});
    for (const char* wrong :
         {"null", "true", "-1", "0", "1.5", "9007199254740992", "\"\"", "\"x y\"", "\"a\\nb\"", "\"é\"", "[]",
          "{}", "[[]]", "\"2026-02-30T00:00:00Z\"", "\"2026-01-01T00:00:00+00:00\"", "\"ana ben\""}) {
      const auto allowed = may.find(name);
      if (allowed != may.end() && allowed->second.find(std::string("|") + wrong + "|") != std::string::npos)
        continue;
      MemberMap other = right;
      other[name] = wrong;
      spoilt.push_back({name + " is " + wrong, other});
    }
  }
  MemberMap more = right;
  more["zzz"] = "1";
  spoilt.push_back({"with one more", more});
  return spoilt;
}

}  // namespace sluice::promotion
