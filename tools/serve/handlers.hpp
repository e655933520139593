// The handlers, one function for each route: the last column of the table in routes.cpp.
#pragma once

#include "tools/serve/route.hpp"

namespace infodiet::tools::serve {

// people.cpp
Reply put_user(Service& service, const Call& call);
Reply put_users(Service& service, const Call& call);
Reply get_users(Service& service, const Call& call);
Reply get_user(Service& service, const Call& call);
Reply change_user(Service& service, const Call& call);
Reply forget_user(Service& service, const Call& call);

// items.cpp
Reply put_item(Service& service, const Call& call);
Reply put_items(Service& service, const Call& call);
Reply get_items(Service& service, const Call& call);
Reply get_item(Service& service, const Call& call);
Reply change_item(Service& service, const Call& call);
Reply remove_item(Service& service, const Call& call);
Reply add_category(Service& service, const Call& call);
Reply remove_category(Service& service, const Call& call);
Reply latest(Service& service, const Call& call);

// feedback.cpp
Reply insert_feedback(Service& service, const Call& call);
Reply overwrite_feedback(Service& service, const Call& call);
Reply get_feedback(Service& service, const Call& call);
Reply get_one_feedback(Service& service, const Call& call);
Reply remove_feedback(Service& service, const Call& call);
Reply get_feedback_of_user(Service& service, const Call& call);
Reply get_feedback_of_item(Service& service, const Call& call);

// lists.cpp
Reply recommend(Service& service, const Call& call);
Reply recommend_to_session(Service& service, const Call& call);
Reply popular(Service& service, const Call& call);
Reply item_neighbours(Service& service, const Call& call);
Reply user_neighbours(Service& service, const Call& call);

// answers.cpp
Reply picks(Service& service, const Call& call);
Reply what_if(Service& service, const Call& call);
Reply session_picks(Service& service, const Call& call);
Reply session_diet(Service& service, const Call& call);
Reply history(Service& service, const Call& call);
Reply find(Service& service, const Call& call);
Reply similar(Service& service, const Call& call);
Reply explain(Service& service, const Call& call);
Reply diet(Service& service, const Call& call);
Reply model(Service& service, const Call& call);

// system.cpp
Reply live(Service& service, const Call& call);
Reply ready(Service& service, const Call& call);
Reply metrics(Service& service, const Call& call);
Reply description(Service& service, const Call& call);

// page.cpp
Reply page(Service& service, const Call& call);
Reply page_file(Service& service, const Call& call);

// simulation_answers.cpp
Reply simulation_choices(Service& service, const Call& call);
Reply simulation_session(Service& service, const Call& call);
Reply simulation_people(Service& service, const Call& call);
Reply keep_simulation(Service& service, const Call& call);

/// The answer to a write: {"RowAffected": n}.
Reply rows_affected(std::int64_t count);

}  // namespace infodiet::tools::serve
