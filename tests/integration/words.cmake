# Programs that say what urlstat must count, and tests that hold it to them.
add_library(words_oracle STATIC ${CMAKE_CURRENT_LIST_DIR}/words_oracle.c)
target_include_directories(words_oracle PUBLIC ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(words_oracle PRIVATE urlstat_options PkgConfig::icu_uc)

add_executable(words_icu_count ${CMAKE_CURRENT_LIST_DIR}/words_icu_count.c)
target_link_libraries(words_icu_count PRIVATE urlstat_options words_oracle)

add_executable(words_icu_pages ${CMAKE_CURRENT_LIST_DIR}/words_icu_pages.c
  ${CMAKE_CURRENT_LIST_DIR}/words_compare.c ${CMAKE_CURRENT_LIST_DIR}/words_files.c)
target_link_libraries(words_icu_pages PRIVATE urlstat_options words words_oracle)
urlstat_test(words_icu_pages LABEL integration TIMEOUT 300 COMMAND words_icu_pages)

add_executable(words_icu_random ${CMAKE_CURRENT_LIST_DIR}/words_icu_random.c
  ${CMAKE_CURRENT_LIST_DIR}/words_compare.c)
target_link_libraries(words_icu_random PRIVATE urlstat_options words words_oracle)
urlstat_test(words_icu_random LABEL integration TIMEOUT 300 COMMAND words_icu_random)
urlstat_cpu_tests(words_icu_random LABEL integration TIMEOUT 300 COMMAND words_icu_random 8)

pkg_check_modules(gumbo IMPORTED_TARGET gumbo)
if(gumbo_FOUND)
  add_executable(words_gumbo_pages ${CMAKE_CURRENT_LIST_DIR}/words_gumbo_pages.c
    ${CMAKE_CURRENT_LIST_DIR}/words_compare.c ${CMAKE_CURRENT_LIST_DIR}/words_files.c
    ${CMAKE_CURRENT_LIST_DIR}/words_gumbo.c)
  target_link_libraries(words_gumbo_pages PRIVATE urlstat_options words words_oracle PkgConfig::gumbo)
  urlstat_test(words_gumbo_pages LABEL integration TIMEOUT 300 COMMAND words_gumbo_pages)
  add_executable(words_gumbo_random ${CMAKE_CURRENT_LIST_DIR}/words_gumbo_random.c
    ${CMAKE_CURRENT_LIST_DIR}/words_compare.c ${CMAKE_CURRENT_LIST_DIR}/words_gumbo.c)
  target_link_libraries(words_gumbo_random PRIVATE urlstat_options words words_oracle PkgConfig::gumbo)
  urlstat_test(words_gumbo_random LABEL integration TIMEOUT 300 COMMAND words_gumbo_random)
endif()

foreach(program IN ITEMS words_icu_count words_icu_pages words_icu_random words_gumbo_pages
    words_gumbo_random)
  if(TARGET ${program})
    set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/integration)
  endif()
endforeach()
