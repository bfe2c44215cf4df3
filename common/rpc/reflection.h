// Server reflection (grpc.reflection.v1 and v1alpha): tools like grpcurl list services and learn their messages.
//
// Contract: serves the FileDescriptorProtos it was given, and by itself those of health and reflection. Services listed are
//           those of the server that have a registered method. Register() last; the server must be destroyed first.
// Threads:  AddFile() and AddFiles() before Register(); then none needed.
// Errors:   InvalidArgument for bytes that are no descriptors.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/rpc/server.h"

namespace epi::rpc {

class Reflection {
 public:
  Reflection();

  // A serialized FileDescriptorProto: generated code has one, `File::descriptor()->CopyTo(&proto)`.
  Status AddFile(std::string serialized);
  // A serialized FileDescriptorSet, as protoc writes it.
  Status AddFiles(std::string_view serialized_set);
  void Register(Server* server);

 private:
  struct File {
    std::string bytes;
    std::vector<std::string> dependencies;
  };
  Status Serve(const Context& ctx, ServerStream& call) const;
  std::string Answer(const std::string& request) const;
  // The file and all it imports, as FileDescriptorResponse; an ErrorResponse when `name` is unknown.
  std::string FileResponse(const std::string& file_name, std::string_view asked) const;
  std::string ExtensionNumbers(const std::string& type) const;
  void AppendFile(const std::string& name, std::set<std::string>* seen, std::string* out) const;

  std::map<std::string, File> files_;
  // Fully qualified names of messages, enums, services, methods, fields and extensions → file.
  std::map<std::string, std::string, std::less<>> symbols_;
  // Extended type → extension number → file.
  std::map<std::string, std::map<int, std::string>> extensions_;
  std::set<std::string> services_;
};

}  // namespace epi::rpc
