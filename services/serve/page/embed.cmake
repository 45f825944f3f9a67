# Writes OUTPUT, a C++ source that holds the bytes of each of FILES as serve::assets would look them
# up by file name: cmake -DOUTPUT=… -DFILES="a;b" -P embed.cmake
set(body "")
set(table "")
set(index 0)
foreach(file ${FILES})
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND body "constexpr unsigned char kAsset${index}[] = {${bytes}0};\n")
  string(APPEND table
    "    {\"${name}\", {reinterpret_cast<const char*>(kAsset${index}), sizeof(kAsset${index}) - 1}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE "${OUTPUT}.new"
"#include \"services/serve/assets.h\"

namespace paperwire::serve {
namespace {
${body}
}  // namespace

std::span<const Asset> Assets() {
  static const Asset kAssets[] = {
${table}  };
  return kAssets;
}

}  // namespace paperwire::serve
")
file(RENAME "${OUTPUT}.new" "${OUTPUT}")
