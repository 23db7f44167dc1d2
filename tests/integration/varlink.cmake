# The protocol against foreign programs: our server layer with another's client, and our client layer with its server.
add_executable(varlink_service
  ${CMAKE_CURRENT_LIST_DIR}/varlink_service.c ${CMAKE_CURRENT_LIST_DIR}/varlink_certification.c)
target_link_libraries(varlink_service PRIVATE urlstat_options server wire base PkgConfig::libsystemd PkgConfig::json_c m)

add_executable(varlink_client
  ${CMAKE_CURRENT_LIST_DIR}/varlink_client.c ${CMAKE_CURRENT_LIST_DIR}/varlink_certification.c)
target_link_libraries(varlink_client PRIVATE urlstat_options ctl wire base)

foreach(program IN ITEMS varlink_service varlink_client)
  set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/integration)
endforeach()
