# How urlstat is compiled, and the rule that makes folders the architecture: a library sees the headers of its own
# folder and of the folders it links, and no others.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# Without -DNDEBUG: an assertion that fails is a bug, and stopping is better than going on with it, for users too.
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

set(URLSTAT_SANITIZE "" CACHE STRING "Sanitizers to build with, as for -fsanitize=")
option(URLSTAT_COVERAGE "Build with coverage counters" OFF)
option(URLSTAT_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
option(URLSTAT_WERROR "Turn warnings into errors" OFF)
option(URLSTAT_ANALYZE "Build with gcc's static analyzer" OFF)

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(BZip2 REQUIRED)
foreach(module IN ITEMS libcurl libcrypto libcares icu-uc sqlite3 json-c libsystemd inih uchardet libxxhash smartcols ncursesw zlib liblzma
                libbrotlidec libzstd)
  string(MAKE_C_IDENTIFIER ${module} id)
  pkg_check_modules(${id} REQUIRED IMPORTED_TARGET ${module})
endforeach()

add_library(urlstat_options INTERFACE)
target_compile_definitions(urlstat_options INTERFACE _GNU_SOURCE URLSTAT_VERSION="${PROJECT_VERSION}")
target_compile_options(urlstat_options INTERFACE
  -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wformat=2 -Wundef
  -Wwrite-strings -Wvla -Wno-unused-parameter -fno-strict-aliasing -fvisibility=hidden)
if(CMAKE_C_COMPILER_ID MATCHES "Clang")
  # gcc knows that a format which was checked at the caller may be handed on.
  target_compile_options(urlstat_options INTERFACE -Wno-format-nonliteral)
endif()
if(URLSTAT_WERROR)
  target_compile_options(urlstat_options INTERFACE -Werror)
endif()
if(URLSTAT_ANALYZE)
  target_compile_options(urlstat_options INTERFACE -fanalyzer)
endif()
if(URLSTAT_SANITIZE)
  target_compile_options(urlstat_options INTERFACE -fsanitize=${URLSTAT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(urlstat_options INTERFACE -fsanitize=${URLSTAT_SANITIZE})
  # What sanitizers add to the code keeps gcc from judging these two rightly; the other trees have them.
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    target_compile_options(urlstat_options INTERFACE -Wno-format-truncation -Wno-maybe-uninitialized)
  endif()
endif()
if(URLSTAT_COVERAGE)
  target_compile_options(urlstat_options INTERFACE --coverage)
  target_link_options(urlstat_options INTERFACE --coverage)
endif()
if(URLSTAT_FUZZ)
  target_compile_options(urlstat_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_options(urlstat_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
endif()
target_compile_options(urlstat_options INTERFACE -fPIE)
target_link_options(urlstat_options INTERFACE -pie -Wl,-z,relro,-z,now,--as-needed)

# urlstat_room(NAME DIRECTORY): the include root from which "NAME/file.h" resolves, and nothing else does.
function(urlstat_room target name directory)
  set(root ${PROJECT_BINARY_DIR}/rooms/${name})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${directory} ${root}/${name} SYMBOLIC)
  target_include_directories(${target} PUBLIC ${root})
endfunction()

# urlstat_folder(NAME SOURCES ... FOLDERS ... LIBRARIES ...): the static library of this folder. FOLDERS are ours and
# become visible to whoever links this one; LIBRARIES are others' and stay private: only one folder includes each.
function(urlstat_folder name)
  cmake_parse_arguments(arg "" "" "SOURCES;FOLDERS;LIBRARIES" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  urlstat_room(${name} ${name} ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${arg_FOLDERS} PRIVATE urlstat_options ${arg_LIBRARIES})
endfunction()
