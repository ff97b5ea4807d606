# One target a folder: sluice_library(NAME SOURCES … LINKS …) makes sluice_NAME
# with this project's warnings; LINKS are other folders or imported targets.
add_library(sluice_options INTERFACE)
target_compile_features(sluice_options INTERFACE cxx_std_20)
target_include_directories(sluice_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(sluice_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wconversion
  -fno-omit-frame-pointer -fstack-protector-strong -fPIE)
target_compile_definitions(sluice_options INTERFACE _GLIBCXX_ASSERTIONS)
if(NOT SLUICE_SANITIZE)  # the sanitizers bring interceptors of their own
  target_compile_definitions(sluice_options INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()
target_link_options(sluice_options INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
if(SLUICE_WERROR)
  target_compile_options(sluice_options INTERFACE -Werror)
endif()
if(SLUICE_SANITIZE)
  target_compile_options(sluice_options INTERFACE -fsanitize=${SLUICE_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(sluice_options INTERFACE -fsanitize=${SLUICE_SANITIZE})
endif()

# A third of what clang does for a fuzzer's library is reading the standard library:
# read once. GCC's go without: its files must name what they include, and GCC 12 finds
# overflows in std::string's own code where that comes precompiled and is optimised.
if(SLUICE_PCH AND SLUICE_FUZZ)
  file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/library_headers.cc CONTENT "")
  add_library(library_headers OBJECT ${PROJECT_BINARY_DIR}/library_headers.cc)
  target_link_libraries(library_headers PRIVATE sluice_options)
  target_precompile_headers(library_headers PRIVATE <algorithm> <array> <charconv> <chrono> <functional> <map>
    <memory> <optional> <set> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>)
endif()

function(sluice_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(sluice_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(sluice_${name} PUBLIC sluice_options ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
  if(TARGET library_headers)
    target_precompile_headers(sluice_${name} REUSE_FROM library_headers)
  endif()
endfunction()

# A program; static where the build is (no loader, no shared objects: it starts
# in about a millisecond and runs in a chroot), unless DYNAMIC.
function(sluice_program name)
  cmake_parse_arguments(ARG "DYNAMIC" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE sluice_options ${ARG_LINKS})
  if(SLUICE_STATIC AND NOT ARG_DYNAMIC)
    # What nothing refers to stays out: fewer pages to map at each start.
    target_link_options(${name} PRIVATE -static -Wl,--gc-sections)
    if(TARGET sluice_crypto)
      # crypto/digest.cc says why. -u, since a weak reference takes nothing from an
      # archive, and ours stands before libcrypto on the command line.
      target_link_options(${name} PRIVATE -Wl,--wrap=OPENSSL_cpuid_setup,-u,OPENSSL_cpuid_setup,-u,__wrap_OPENSSL_cpuid_setup)
    endif()
  endif()
endfunction()

# A Catch2 test program of one folder, found by ctest test by test. A test that
# printed "skipped: …" and then failed nothing is skipped, not passed; ctest
# would not ask for its exit code, so Catch2's last line is asked for.
set(SLUICE_SKIPPED
  "skipped: .*(All tests passed [(][^)]*[)]|1 passed[^A-Za-z]*assertions: - none -)[^A-Za-z]*$")
# What is tested is optimised, its tests are not: they compile in half the time.
set(SLUICE_TEST_OPTIONS -Wno-conversion -Wno-shadow -O0 -U_FORTIFY_SOURCE)

# Half of what a test costs is reading Catch2 and the standard library: read once
# for all tests, which have the same flags.
if(SLUICE_PCH AND SLUICE_TESTS)
  file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/test_headers.cc CONTENT "")
  add_library(test_headers OBJECT ${PROJECT_BINARY_DIR}/test_headers.cc)
  target_link_libraries(test_headers PRIVATE sluice_options Catch2::Catch2)
  target_compile_options(test_headers PRIVATE ${SLUICE_TEST_OPTIONS})
  target_precompile_headers(test_headers PRIVATE
    <algorithm> <chrono> <filesystem> <fstream> <functional> <map> <memory> <optional> <set> <span> <sstream> <string>
    <string_view> <thread> <unordered_map> <variant> <vector> ${PROJECT_SOURCE_DIR}/tests/catch.h)
endif()

function(sluice_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE sluice_options ${ARG_LINKS} Catch2::Catch2WithMain)
  target_compile_options(${name} PRIVATE ${SLUICE_TEST_OPTIONS})
  target_compile_definitions(${name} PRIVATE SLUICE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  if(SLUICE_PCH)
    target_precompile_headers(${name} REUSE_FROM test_headers)
  endif()
  catch_discover_tests(${name} PROPERTIES TIMEOUT 300 SKIP_REGULAR_EXPRESSION "${SLUICE_SKIPPED}")
endfunction()
