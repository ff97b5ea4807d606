# What `cmake --install` puts where; hooks/ installs its own program
# (libexec/sluice, where `sluice hook install` looks for it).
install(TARGETS sluice RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# Completion scripts say what the program itself says of its options.
if(NOT CMAKE_CROSSCOMPILING)
  set(completions ${PROJECT_BINARY_DIR}/completions)
  add_custom_command(
    OUTPUT ${completions}/sluice ${completions}/_sluice ${completions}/sluice.fish
    COMMAND ${CMAKE_COMMAND} -E make_directory ${completions}
    COMMAND sluice completion bash > ${completions}/sluice
    COMMAND sluice completion zsh > ${completions}/_sluice
    COMMAND sluice completion fish > ${completions}/sluice.fish
    DEPENDS sluice VERBATIM)
  add_custom_target(sluice_completions ALL DEPENDS ${completions}/sluice)
  install(FILES ${completions}/sluice DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${completions}/_sluice DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${completions}/sluice.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()

install(DIRECTORY docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
install(DIRECTORY docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man5 FILES_MATCHING PATTERN "*.5")
install(FILES README.md CHANGELOG.md SECURITY.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs PATTERN man EXCLUDE)
install(DIRECTORY examples/shop DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
