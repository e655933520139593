// Every command: a line here and a row of the table in table.cpp.
#pragma once

#include <memory>

#include "tools/cli/command.hpp"

namespace infodiet::tools {

std::unique_ptr<Command> make_completion();
std::unique_ptr<Command> make_diet();
std::unique_ptr<Command> make_doctor();
std::unique_ptr<Command> make_evaluate();
std::unique_ptr<Command> make_explain();
std::unique_ptr<Command> make_export();
std::unique_ptr<Command> make_find();
std::unique_ptr<Command> make_forget();
std::unique_ptr<Command> make_import();
std::unique_ptr<Command> make_info();
std::unique_ptr<Command> make_lesson();
std::unique_ptr<Command> make_man();
std::unique_ptr<Command> make_models();
std::unique_ptr<Command> make_recommend();
std::unique_ptr<Command> make_report();
std::unique_ptr<Command> make_sample();
std::unique_ptr<Command> make_serve();
std::unique_ptr<Command> make_similar();
std::unique_ptr<Command> make_simulate();
std::unique_ptr<Command> make_train();

}  // namespace infodiet::tools
