// The sections of a report, one source file each. Each computes its numbers from the source, or names the command that
// fills it.
#pragma once

#include "tools/report/section.hpp"
#include "tools/report/source.hpp"

namespace infodiet::tools::report {

/// One sentence, one grade, and what to see next.
Section opening_section(const Source& source);
/// The person's information-diet label compared with everybody's figures.
Section label_section(const Source& source);
/// Topics available, shown, consumed and of interest.
Section plate_section(const Source& source);
/// How the history affects a recommendation: attention, and what each pick's score loses without an item.
Section attention_section(const Source& source);
/// A simulated person's session under each policy, step by step.
Section timeline_section(const Source& source);
/// Engagement against diet of every policy and sweep point.
Section policies_section(const Source& source);
/// The results of lessons.
Section lessons_section(const Source& source);
/// How feeds change people week after week.
Section weeks_section(const Source& source);
/// How the recommender and the agents learned.
Section learning_section(const Source& source);
/// How often each model predicts what came next.
Section accuracy_section(const Source& source);

}  // namespace infodiet::tools::report
