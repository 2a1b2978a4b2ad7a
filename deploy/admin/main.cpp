// crane-admin: what the launcher needs of the database. Run by `crane`.
#include <cstdio>
#include <string>
#include <vector>

#include "deploy/admin/commands.h"
#include "shared/store/session.h"

namespace {

constexpr const char* usage =
    "usage: crane-admin migrate --sql DIRECTORY\n"
    "       crane-admin org create --name NAME [--currency USD] [--chart standard] [--credits 1000] "
    "[--test-key]\n"
    "       crane-admin org list\n"
    "       crane-admin key create --organization ID | --operator [--mode live|test] [--name NAME]\n"
    "                   [--permissions JSON] [--rate-limit N] [--include-children] [--expires-at TIME]\n"
    "                   [--allowed-ips RANGE,…] [--with-signing-secret | --require-signature]\n"
    "       crane-admin key rotate ID|PREVIEW [--overlap-seconds 86400] [--with-signing-secret]\n"
    "       crane-admin key revoke ID|PREVIEW\n"
    "       crane-admin key list\n"
    "       crane-admin verify\n"
    "org create, key create and key rotate take --format env for NAME=value lines.\n";

}  // namespace

int main(int argument_count, char** argument_values) {
    const std::vector<std::string> words(argument_values + 1, argument_values + argument_count);
    const auto command = words.empty() ? std::string() : words[0];
    const auto action = words.size() < 2 ? std::string() : words[1];
    try {
        using namespace crane::admin;
        if (command == "migrate") return migrate(Arguments(words, 1));
        if (command == "verify") return verify();
        if (command == "org" && action == "create") return create_organization(Arguments(words, 2));
        if (command == "org" && action == "list") return list_organizations();
        if (command == "key" && action == "create") return create_key(Arguments(words, 2));
        if (command == "key" && action == "rotate" && words.size() >= 3)
            return rotate_key(words[2], Arguments(words, 3));
        if (command == "key" && action == "revoke" && words.size() == 3) return revoke_key(words[2]);
        if (command == "key" && action == "list") return list_keys();
        std::fputs(usage, stderr);
        return 2;
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "crane-admin: %s\n", exception.what());
        return 1;
    }
}
