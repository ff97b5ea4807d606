// Who is who: people and groups of the configuration, bots, and the names by
// which platforms, commits and signatures know them. What is counted is people,
// so nothing may belong to two of them.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "promotion/problem.h"

namespace sluice::promotion {

// Providers of logins: those of the hook's `identity` (docs/hooks.md).
inline constexpr std::string_view kProviders[] = {"github", "gitlab", "gitea", "gitolite",
                                                  "http",   "local",  "ssh"};

// A name on a platform. `ssh` is the key as sshd writes it, "ssh-ed25519 AAAA…".
struct Login {
  std::string provider;
  std::string name;
  Range range{};
};

// A person, or a program that pushes.
struct Person {
  std::string name;
  std::vector<Named> emails;
  std::vector<Login> logins;
  std::vector<Named> keys;  // principals in allowed_signers; empty: the name itself. Not of bots
  Range range{};
};

struct Group {
  std::string name;
  std::vector<Named> members;  // people
  std::vector<Login> teams;    // "shop/sre" on github: what CODEOWNERS calls it
  Range range{};
};

struct People {
  std::vector<Person> people;
  std::vector<Group> groups;
  std::vector<Person> bots;
};

struct Principal {
  enum class Kind : std::uint8_t { kUnknown, kPerson, kBot } kind = Kind::kUnknown;
  std::string name;  // of the person or bot; empty: nobody whom the configuration names

  bool IsPerson() const { return kind == Kind::kPerson; }
  friend bool operator==(const Principal&, const Principal&) = default;
};

// Logins of github, gitlab and gitea, and addresses, are compared without case, as
// these platforms do. `provider` may be "forgejo". The cost is that of a walk over all.
Principal ByLogin(const People& people, std::string_view provider, std::string_view login);
// Whoever has the login on any platform, for where nothing says on which.
Principal ByLoginAnywhere(const People& people, std::string_view login);
std::set<std::string> PeopleByLogin(const People& people, std::string_view login);
Principal ByEmail(const People& people, std::string_view email);
Principal BySignature(const People& people, std::string_view principal);  // of allowed_signers

// People of the groups and people that are named, unknown names left out.
std::set<std::string> Members(const People& people, const std::vector<Named>& names);
// The group of a team, or null.
const Group* ByTeam(const People& people, std::string_view provider, std::string_view team);
bool IsPersonOrGroup(const People& people, std::string_view name);

// 1 to 255 bytes of `[A-Za-z0-9._@+-]`.
bool IsPersonName(std::string_view name);

// What is wrong: names that cannot be, or that stand for two; members whom nobody knows.
Problems CheckPeople(const People& people);

}  // namespace sluice::promotion
