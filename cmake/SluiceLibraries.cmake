# Third-party libraries of Debian 12 and 13, each as an imported target, static
# archives where the programs are static. A library is linked by one folder.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(valijson REQUIRED)

# sluice_pkg(NAME MODULE): imported target NAME for a pkg-config module. With
# SLUICE_STATIC it names the static archives of the module and what they need.
function(sluice_pkg name module)
  pkg_check_modules(${name} REQUIRED QUIET ${module})
  add_library(${name} INTERFACE IMPORTED GLOBAL)
  if(SLUICE_STATIC)
    set(libraries ${${name}_STATIC_LIBRARIES})
    set(options ${${name}_STATIC_LDFLAGS_OTHER})
  else()
    set(libraries ${${name}_LIBRARIES})
    set(options ${${name}_LDFLAGS_OTHER})
  endif()
  target_include_directories(${name} SYSTEM INTERFACE ${${name}_INCLUDE_DIRS})
  target_link_libraries(${name} INTERFACE ${libraries})
  target_link_options(${name} INTERFACE ${options})
endfunction()
sluice_pkg(lib_yaml yaml-0.1)
sluice_pkg(lib_yaml_cpp yaml-cpp)
sluice_pkg(lib_re2 re2)
sluice_pkg(lib_seccomp libseccomp)
sluice_pkg(lib_zlib zlib)
sluice_pkg(lib_crypto libcrypto)
# fmt as headers: Debian ships no static archive of it.
find_package(fmt REQUIRED)
add_library(lib_fmt INTERFACE IMPORTED GLOBAL)
target_link_libraries(lib_fmt INTERFACE fmt::fmt-header-only)
