// Whether this program is built with a sanitizer whose runtime replaces memory and threads: it must be loaded first,
// takes much address space and is slow.
#pragma once

namespace infodiet::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
inline constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace infodiet::test
