#include "common/rpc/reflection.h"

#include <google/protobuf/descriptor.pb.h>

#include <utility>

#include "common/base/str_cat.h"
#include "common/rpc/own_descriptors.h"
#include "common/rpc/proto_fields.h"

namespace epi::rpc {
namespace {

// Fields of ServerReflectionRequest and, one to one, of the answers in ServerReflectionResponse.
constexpr uint32_t kHost = 1;
constexpr uint32_t kFileByName = 3;
constexpr uint32_t kFileOfSymbol = 4;
constexpr uint32_t kFileOfExtension = 5;
constexpr uint32_t kExtensionNumbers = 6;
constexpr uint32_t kListServices = 7;
constexpr uint32_t kOriginalRequest = 2;
constexpr uint32_t kFileAnswer = 4;
constexpr uint32_t kExtensionNumbersAnswer = 5;
constexpr uint32_t kServicesAnswer = 6;
constexpr uint32_t kErrorAnswer = 7;
// The only field of FileDescriptorSet.
constexpr uint32_t kFileOfSet = 1;

std::string Qualified(const std::string& scope, const std::string& name) { return scope.empty() ? name : StrCat(scope, ".", name); }

struct SymbolSink {
  const std::string& file;
  std::map<std::string, std::string, std::less<>>* symbols;
  std::map<std::string, std::map<int, std::string>>* extensions;

  void Symbol(const std::string& scope, const std::string& name) const { symbols->emplace(Qualified(scope, name), file); }
  void Extension(const std::string& scope, const google::protobuf::FieldDescriptorProto& field) const {
    Symbol(scope, field.name());
    const std::string& type = field.extendee();
    (*extensions)[type.starts_with('.') ? type.substr(1) : type].emplace(field.number(), file);
  }
  void Enum(const std::string& scope, const google::protobuf::EnumDescriptorProto& type) const {
    Symbol(scope, type.name());
    for (const auto& value : type.value()) Symbol(scope, value.name());
  }
  void Message(const std::string& scope, const google::protobuf::DescriptorProto& type) const {
    Symbol(scope, type.name());
    const std::string inner = Qualified(scope, type.name());
    for (const auto& field : type.field()) Symbol(inner, field.name());
    for (const auto& extension : type.extension()) Extension(inner, extension);
    for (const auto& nested : type.enum_type()) Enum(inner, nested);
    for (const auto& nested : type.nested_type()) Message(inner, nested);
  }
};

std::string ErrorAnswer(StatusCode code, std::string_view message) {
  std::string error;
  AppendProtoVarint(1, static_cast<uint64_t>(code), &error);
  AppendProtoBytes(2, message, &error);
  std::string out;
  AppendProtoBytes(kErrorAnswer, error, &out);
  return out;
}

}  // namespace

Reflection::Reflection() {
  for (std::string& file : OwnDescriptors()) {
    const Status added = AddFile(std::move(file));
    CHECK(added.ok());
  }
}

Status Reflection::AddFile(std::string serialized) {
  google::protobuf::FileDescriptorProto proto;
  if (!proto.ParseFromString(serialized)) return InvalidArgumentError("not a FileDescriptorProto");
  const SymbolSink sink{proto.name(), &symbols_, &extensions_};
  for (const auto& message : proto.message_type()) sink.Message(proto.package(), message);
  for (const auto& type : proto.enum_type()) sink.Enum(proto.package(), type);
  for (const auto& extension : proto.extension()) sink.Extension(proto.package(), extension);
  for (const auto& service : proto.service()) {
    sink.Symbol(proto.package(), service.name());
    for (const auto& method : service.method()) sink.Symbol(Qualified(proto.package(), service.name()), method.name());
  }
  files_[proto.name()] = {std::move(serialized), {proto.dependency().begin(), proto.dependency().end()}};
  return OkStatus();
}

Status Reflection::AddFiles(std::string_view serialized_set) {
  ProtoFields fields(serialized_set);
  while (fields.Next()) {
    if (fields.number() == kFileOfSet) RETURN_IF_ERROR(AddFile(std::string(fields.bytes())));
  }
  return fields.ok() ? OkStatus() : InvalidArgumentError("not a FileDescriptorSet");
}

void Reflection::Register(Server* server) {
  for (const char* version : {"v1", "v1alpha"}) {
    server->RegisterStream(StrCat("/grpc.reflection.", version, ".ServerReflection/ServerReflectionInfo"), CallType::kBidiStream,
                           [this](const Context& ctx, ServerStream& call) { return Serve(ctx, call); });
  }
  for (const std::string& method : server->Methods()) services_.insert(method.substr(1, method.rfind('/') - 1));
}

Status Reflection::Serve(const Context& ctx, ServerStream& call) const {
  while (const std::optional<std::string> request = TRY(call.Read(ctx))) {
    std::string response;
    ProtoFields fields(*request);
    while (fields.Next()) {
      if (fields.number() == kHost) AppendProtoBytes(1, fields.bytes(), &response);
    }
    if (!fields.ok()) return InvalidArgumentError("broken ServerReflectionRequest");
    AppendProtoBytes(kOriginalRequest, *request, &response);
    RETURN_IF_ERROR(call.Write(ctx, response + Answer(*request)));
  }
  return OkStatus();
}

std::string Reflection::Answer(const std::string& request) const {
  ProtoFields fields(request);
  while (fields.Next()) {
    const std::string asked(fields.bytes());
    if (fields.number() == kFileByName) return FileResponse(asked, asked);
    if (fields.number() == kFileOfSymbol) {
      const auto found = symbols_.find(asked);
      return FileResponse(found == symbols_.end() ? "" : found->second, asked);
    }
    if (fields.number() == kExtensionNumbers) return ExtensionNumbers(asked);
    if (fields.number() == kFileOfExtension) {
      std::string type;
      int number = 0;
      for (ProtoFields inner(asked); inner.Next();) {
        if (inner.number() == 1) type = inner.bytes();
        if (inner.number() == 2) number = static_cast<int>(inner.value());
      }
      const auto found = extensions_.find(type);
      const bool known = found != extensions_.end() && found->second.contains(number);
      return FileResponse(known ? found->second.at(number) : "", StrCat(type, " extension ", number));
    }
    if (fields.number() == kListServices) {
      std::string list;
      for (const std::string& service : services_) {
        std::string name;
        AppendProtoBytes(1, service, &name);
        AppendProtoBytes(1, name, &list);
      }
      std::string out;
      AppendProtoBytes(kServicesAnswer, list, &out);
      return out;
    }
  }
  return ErrorAnswer(StatusCode::kInvalidArgument, "the request asks for nothing");
}

std::string Reflection::FileResponse(const std::string& file_name, std::string_view asked) const {
  if (!files_.contains(file_name)) return ErrorAnswer(StatusCode::kNotFound, StrCat("not found: ", asked));
  std::set<std::string> seen;
  std::string files;
  AppendFile(file_name, &seen, &files);
  std::string out;
  AppendProtoBytes(kFileAnswer, files, &out);
  return out;
}

void Reflection::AppendFile(const std::string& name, std::set<std::string>* seen, std::string* out) const {
  const auto file = files_.find(name);
  if (file == files_.end() || !seen->insert(name).second) return;
  AppendProtoBytes(1, file->second.bytes, out);
  for (const std::string& dependency : file->second.dependencies) AppendFile(dependency, seen, out);
}

std::string Reflection::ExtensionNumbers(const std::string& type) const {
  if (!symbols_.contains(type)) return ErrorAnswer(StatusCode::kNotFound, StrCat("not found: ", type));
  std::string numbers;
  AppendProtoBytes(1, type, &numbers);
  const auto found = extensions_.find(type);
  if (found != extensions_.end()) {
    for (const auto& [number, file] : found->second) AppendProtoVarint(2, static_cast<uint64_t>(number), &numbers);
  }
  std::string out;
  AppendProtoBytes(kExtensionNumbersAnswer, numbers, &out);
  return out;
}

}  // namespace epi::rpc
