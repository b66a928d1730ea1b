# Writes a C++ source that holds a file's bytes: cmake -DINPUT=file -DOUTPUT=source -DVARIABLE=ns::name -P embed_file.cmake
string(REGEX MATCH "^(.*)::([^:]+)$" _ "${VARIABLE}")
set(namespace "${CMAKE_MATCH_1}")
set(name "${CMAKE_MATCH_2}")
file(READ "${INPUT}" bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
file(WRITE "${OUTPUT}" "#include <string_view>

namespace ${namespace} {
namespace {
constexpr char kBytes[] = {${bytes}'\\0'};
}
extern const std::string_view ${name};
const std::string_view ${name}(kBytes, sizeof kBytes - 1);
}  // namespace ${namespace}
")
