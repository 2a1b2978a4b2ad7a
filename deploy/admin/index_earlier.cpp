// The words of what was there before an installation kept words: written group by group, each with its place
// in one commit, so that it goes on where it was cut off.
#include <cstdio>
#include <initializer_list>
#include <string>

#include "deploy/admin/commands.h"
#include "shared/service/search.h"

namespace crane::admin {

void index_earlier(store::Session& session) {
    for (const auto object : {service::search::account, service::search::transaction}) {
        std::size_t groups = 0;
        for (; service::search::add_earlier(session, object); ++groups) session.commit();
        session.rollback();  // nothing was left: lets go of the place
        if (groups > 1) std::printf("words of every %s are kept now\n", std::string(object).c_str());
    }
}

}  // namespace crane::admin
