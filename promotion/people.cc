#include "promotion/people.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace sluice::promotion {
namespace {

constexpr std::string_view kWithoutCase[] = {"github", "gitlab", "gitea"};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

// Forgejo speaks as the Gitea that it comes from.
std::string_view Spoken(std::string_view provider) { return provider == "forgejo" ? "gitea" : provider; }

std::string Folded(std::string_view provider, std::string_view login) {
  const auto* const folds = std::find(std::begin(kWithoutCase), std::end(kWithoutCase), Spoken(provider));
  return folds != std::end(kWithoutCase) ? Lower(login) : std::string(login);
}

bool IsLogin(const Login& login, std::string_view provider, std::string_view name) {
  return Spoken(login.provider) == Spoken(provider) && Folded(provider, login.name) == Folded(provider, name);
}

// The one for whom `is` holds.
template <class Is>
Principal Find(const People& people, const Is& is) {
  for (const Person& person : people.people)
    if (is(person)) return {Principal::Kind::kPerson, person.name};
  for (const Person& bot : people.bots)
    if (is(bot)) return {Principal::Kind::kBot, bot.name};
  return {};
}

const Person* FindPerson(const People& people, std::string_view name) {
  const auto found = std::find_if(people.people.begin(), people.people.end(),
                                  [&](const Person& person) { return person.name == name; });
  return found == people.people.end() ? nullptr : &*found;
}

const Group* FindGroup(const People& people, std::string_view name) {
  const auto found = std::find_if(people.groups.begin(), people.groups.end(),
                                  [&](const Group& group) { return group.name == name; });
  return found == people.groups.end() ? nullptr : &*found;
}

class Check {
 public:
  explicit Check(const People& people) : people_(people) {}

  Problems Run() {
    for (const Person& person : people_.people) CheckOne(person, "person", true);
    for (const Person& bot : people_.bots) CheckOne(bot, "bot", false);
    for (const Group& group : people_.groups) CheckGroup(group);
    return std::move(problems_);
  }

 private:
  void Report(Range range, std::string message) { problems_.push_back({range, std::move(message)}); }

  // Whose `what` is: said where it is somebody else's already.
  void Claim(std::string what, const std::string& owner, Range range) {
    const auto [claimed, fresh] = owners_.emplace(what, owner);
    if (fresh) return;
    Report(range, claimed->second == owner
                      ? what + " stands twice"
                      : what + " is " + claimed->second + "'s already: one person, one name");
  }

  void CheckName(const std::string& name, Range range) {
    if (!IsPersonName(name))
      Report(range, "\"" + name + "\" is not a name: 1 to 255 of A-Z, a-z, 0-9 and ._@+-");
    Claim("the name " + name, name, range);
  }

  void CheckOne(const Person& person, const std::string& kind, bool signs) {
    CheckName(person.name, person.range);
    for (const Named& email : person.emails) {
      if (email.name.find('@') == std::string::npos || email.name.size() > 255)
        Report(email.range, "\"" + email.name + "\" is not an address");
      Claim("the address " + Lower(email.name), person.name, email.range);
    }
    CheckLogins(person.logins, person.name);
    if (!signs && !person.keys.empty()) Report(person.range, "a " + kind + " signs nothing: it has no key");
    CheckKeys(person, signs);
  }

  void CheckKeys(const Person& person, bool signs) {
    for (const Named& key : person.keys) {
      if (!IsPersonName(key.name))
        Report(key.range, "\"" + key.name + "\" is not a name in allowed_signers: no patterns, no blanks");
      Claim("the key " + key.name, person.name, key.range);
    }
    if (signs && person.keys.empty()) Claim("the key " + person.name, person.name, person.range);
  }

  void CheckLogins(const std::vector<Login>& logins, const std::string& owner) {
    for (const Login& login : logins) {
      if (login.name.empty() || login.name.size() > 16'384) Report(login.range, "a login has a name");
      Claim("the " + std::string(Spoken(login.provider)) + " login " + Folded(login.provider, login.name),
            owner, login.range);
    }
  }

  void CheckGroup(const Group& group) {
    CheckName(group.name, group.range);
    if (group.members.empty()) Report(group.range, "the group " + group.name + " has no people");
    std::set<std::string> seen;
    for (const Named& member : group.members) {
      if (FindGroup(people_, member.name) != nullptr) {
        Report(member.range, member.name + " is a group: name its people");
      } else if (FindPerson(people_, member.name) == nullptr) {
        Report(member.range, "nobody in `people` is named " + member.name);
      } else if (!seen.insert(member.name).second) {
        Report(member.range, member.name + " stands twice in the group " + group.name);
      }
    }
    for (const Login& team : group.teams)
      Claim("the " + std::string(Spoken(team.provider)) + " team " + Folded(team.provider, team.name),
            group.name, team.range);
  }

  const People& people_;
  std::map<std::string, std::string> owners_;
  Problems problems_;
};

}  // namespace

Principal ByLogin(const People& people, std::string_view provider, std::string_view login) {
  if (login.empty()) return {};
  return Find(people, [&](const Person& person) {
    return std::any_of(person.logins.begin(), person.logins.end(),
                       [&](const Login& one) { return IsLogin(one, provider, login); });
  });
}

Principal ByLoginAnywhere(const People& people, std::string_view login) {
  for (const std::string_view provider : kProviders)
    if (Principal found = ByLogin(people, provider, login); found.kind != Principal::Kind::kUnknown)
      return found;
  return {};
}

std::set<std::string> PeopleByLogin(const People& people, std::string_view login) {
  std::set<std::string> names;
  for (const std::string_view provider : kProviders)
    if (const Principal found = ByLogin(people, provider, login); found.IsPerson()) names.insert(found.name);
  return names;
}

Principal ByEmail(const People& people, std::string_view email) {
  const std::string lower = Lower(email);
  return Find(people, [&](const Person& person) {
    return std::any_of(person.emails.begin(), person.emails.end(),
                       [&](const Named& one) { return Lower(one.name) == lower; });
  });
}

Principal BySignature(const People& people, std::string_view principal) {
  for (const Person& person : people.people) {
    const bool own = person.keys.empty() && person.name == principal;
    if (own || std::any_of(person.keys.begin(), person.keys.end(),
                           [&](const Named& key) { return key.name == principal; }))
      return {Principal::Kind::kPerson, person.name};
  }
  return {};
}

std::set<std::string> Members(const People& people, const std::vector<Named>& names) {
  std::set<std::string> members;
  for (const Named& named : names) {
    if (FindPerson(people, named.name) != nullptr) members.insert(named.name);
    if (const Group* group = FindGroup(people, named.name))
      for (const Named& member : group->members) members.insert(member.name);
  }
  return members;
}

const Group* ByTeam(const People& people, std::string_view provider, std::string_view team) {
  for (const Group& group : people.groups)
    if (std::any_of(group.teams.begin(), group.teams.end(),
                    [&](const Login& one) { return IsLogin(one, provider, team); }))
      return &group;
  return nullptr;
}

bool IsPersonOrGroup(const People& people, std::string_view name) {
  return FindPerson(people, name) != nullptr || FindGroup(people, name) != nullptr;
}

bool IsPersonName(std::string_view name) {
  return !name.empty() && name.size() <= 255 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._@+-").find(c) != std::string_view::npos;
  });
}

Problems CheckPeople(const People& people) { return Check(people).Run(); }

}  // namespace sluice::promotion
