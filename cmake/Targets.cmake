# Three functions make every target of the tree: add_library_module, add_program, add_tests.

set(PAPERWIRE_SANITIZE "" CACHE STRING "Sanitizers to build with, for example address,undefined")
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

# What all of our own code is compiled with. Third parties and generated code come in as SYSTEM.
add_library(project_options INTERFACE)
target_compile_features(project_options INTERFACE cxx_std_20)
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror)
target_include_directories(project_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_include_directories(project_options SYSTEM INTERFACE "${NLOHMANN_JSON_INCLUDE_DIR}")
target_compile_definitions(project_options INTERFACE PAPERWIRE_VERSION="${PROJECT_VERSION}")
target_link_libraries(project_options INTERFACE Threads::Threads)

# Sanitizers apply to generated code too, so that both sides of a call agree.
if(PAPERWIRE_SANITIZE)
  add_compile_options(-fsanitize=${PAPERWIRE_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  # Instrumented, g++ 12 takes an empty std::optional for one that is read.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_link_options(-fsanitize=${PAPERWIRE_SANITIZE})
endif()

# Coverage feedback for the fuzzers, in all of our code; the fuzzers themselves link the engine.
option(PAPERWIRE_FUZZ "Build the fuzzers of tests/fuzz; needs clang" OFF)
if(PAPERWIRE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# add_library_module(libs::bus SOURCES a.cc b.cc LIBS libs::clock)
# makes a static library with that alias. All sources are listed, none globbed.
function(add_library_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  string(REPLACE "::" "_" target "${name}")
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    target_link_libraries(${target} PUBLIC project_options ${ARG_LIBS})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE project_options ${ARG_LIBS})
  endif()
  add_library(${name} ALIAS ${target})
endfunction()

# add_program(summarize SOURCES config.cc handler.cc LIBS libs::bus)
# makes the program from main.cc, and from everything else the library services::summarize (or
# tools::paperwire), so that tests link all of a program but its main().
function(add_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  get_filename_component(room "${CMAKE_CURRENT_SOURCE_DIR}" DIRECTORY)
  get_filename_component(room "${room}" NAME)
  add_library_module(${room}::${name} SOURCES ${ARG_SOURCES} LIBS ${ARG_LIBS})
  add_executable(${name} main.cc)
  target_link_libraries(${name} PRIVATE ${room}::${name})
endfunction()

# add_tests(unit_bus TIER unit SOURCES a_test.cc LIBS libs::bus)
# makes one test program. Tier `unit` registers each test case by itself (they need nothing);
# the other tiers register the program as a whole, because its cases share servers. The target
# tests_<tier> builds all programs of a tier.
function(add_tests name)
  cmake_parse_arguments(ARG "" "TIER;TIMEOUT" "SOURCES;LIBS;ENVIRONMENT" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} tests::paths GTest::gmock GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  if(NOT TARGET tests_${ARG_TIER})
    add_custom_target(tests_${ARG_TIER})
  endif()
  add_dependencies(tests_${ARG_TIER} ${name})
  if(ARG_TIER STREQUAL unit)
    gtest_discover_tests(${name} TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST
      PROPERTIES LABELS unit TIMEOUT ${ARG_TIMEOUT})
  else()
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS ${ARG_TIER} TIMEOUT ${ARG_TIMEOUT}
      SKIP_REGULAR_EXPRESSION "SKIPPED PROGRAM" ENVIRONMENT "${ARG_ENVIRONMENT}")
  endif()
endfunction()
include(GoogleTest)
