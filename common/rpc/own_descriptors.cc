#include "common/rpc/own_descriptors.h"

#include <google/protobuf/descriptor.pb.h>

#include "common/base/str_cat.h"

namespace epi::rpc {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorProto;

FieldDescriptorProto* AddField(DescriptorProto* message, const char* name, int number, FieldDescriptorProto::Type type,
                               const std::string& type_name = "") {
  FieldDescriptorProto* field = message->add_field();
  field->set_name(name);
  field->set_number(number);
  field->set_type(type);
  field->set_label(FieldDescriptorProto::LABEL_OPTIONAL);
  if (!type_name.empty()) field->set_type_name(type_name);
  return field;
}

void AddMethod(google::protobuf::ServiceDescriptorProto* service, const char* name, const std::string& request,
               const std::string& response, bool client_streams, bool server_streams) {
  auto* method = service->add_method();
  method->set_name(name);
  method->set_input_type(request);
  method->set_output_type(response);
  if (client_streams) method->set_client_streaming(true);
  if (server_streams) method->set_server_streaming(true);
}

FileDescriptorProto HealthFile() {
  FileDescriptorProto file;
  file.set_name("grpc/health/v1/health.proto");
  file.set_package("grpc.health.v1");
  file.set_syntax("proto3");
  AddField(file.add_message_type(), "service", 1, FieldDescriptorProto::TYPE_STRING);
  file.mutable_message_type(0)->set_name("HealthCheckRequest");
  DescriptorProto* response = file.add_message_type();
  response->set_name("HealthCheckResponse");
  auto* status = response->add_enum_type();
  status->set_name("ServingStatus");
  int number = 0;
  for (const char* name : {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"}) {
    auto* value = status->add_value();
    value->set_name(name);
    value->set_number(number++);
  }
  AddField(response, "status", 1, FieldDescriptorProto::TYPE_ENUM, ".grpc.health.v1.HealthCheckResponse.ServingStatus");
  auto* service = file.add_service();
  service->set_name("Health");
  for (const bool watch : {false, true}) {
    AddMethod(service, watch ? "Watch" : "Check", ".grpc.health.v1.HealthCheckRequest", ".grpc.health.v1.HealthCheckResponse",
              false, watch);
  }
  return file;
}

DescriptorProto* AddMessage(FileDescriptorProto* file, const char* name) {
  DescriptorProto* message = file->add_message_type();
  message->set_name(name);
  return message;
}

void AddReflectionRequest(const std::string& prefix, FileDescriptorProto* file) {
  DescriptorProto* request = AddMessage(file, "ServerReflectionRequest");
  AddField(request, "host", 1, FieldDescriptorProto::TYPE_STRING);
  request->add_oneof_decl()->set_name("message_request");
  AddField(request, "file_by_filename", 3, FieldDescriptorProto::TYPE_STRING)->set_oneof_index(0);
  AddField(request, "file_containing_symbol", 4, FieldDescriptorProto::TYPE_STRING)->set_oneof_index(0);
  AddField(request, "file_containing_extension", 5, FieldDescriptorProto::TYPE_MESSAGE, prefix + "ExtensionRequest")
      ->set_oneof_index(0);
  AddField(request, "all_extension_numbers_of_type", 6, FieldDescriptorProto::TYPE_STRING)->set_oneof_index(0);
  AddField(request, "list_services", 7, FieldDescriptorProto::TYPE_STRING)->set_oneof_index(0);
  DescriptorProto* extension = AddMessage(file, "ExtensionRequest");
  AddField(extension, "containing_type", 1, FieldDescriptorProto::TYPE_STRING);
  AddField(extension, "extension_number", 2, FieldDescriptorProto::TYPE_INT32);
}

void AddReflectionResponse(const std::string& prefix, FileDescriptorProto* file) {
  DescriptorProto* response = AddMessage(file, "ServerReflectionResponse");
  AddField(response, "valid_host", 1, FieldDescriptorProto::TYPE_STRING);
  AddField(response, "original_request", 2, FieldDescriptorProto::TYPE_MESSAGE, prefix + "ServerReflectionRequest");
  response->add_oneof_decl()->set_name("message_response");
  const std::pair<const char*, const char*> kinds[] = {{"file_descriptor_response", "FileDescriptorResponse"},
                                                       {"all_extension_numbers_response", "ExtensionNumberResponse"},
                                                       {"list_services_response", "ListServiceResponse"},
                                                       {"error_response", "ErrorResponse"}};
  int number = 4;
  for (const auto& [field, type] : kinds) {
    AddField(response, field, number++, FieldDescriptorProto::TYPE_MESSAGE, prefix + type)->set_oneof_index(0);
  }
  AddField(AddMessage(file, "FileDescriptorResponse"), "file_descriptor_proto", 1, FieldDescriptorProto::TYPE_BYTES)
      ->set_label(FieldDescriptorProto::LABEL_REPEATED);
  DescriptorProto* numbers = AddMessage(file, "ExtensionNumberResponse");
  AddField(numbers, "base_type_name", 1, FieldDescriptorProto::TYPE_STRING);
  AddField(numbers, "extension_number", 2, FieldDescriptorProto::TYPE_INT32)->set_label(FieldDescriptorProto::LABEL_REPEATED);
  AddField(AddMessage(file, "ListServiceResponse"), "service", 1, FieldDescriptorProto::TYPE_MESSAGE, prefix + "ServiceResponse")
      ->set_label(FieldDescriptorProto::LABEL_REPEATED);
  AddField(AddMessage(file, "ServiceResponse"), "name", 1, FieldDescriptorProto::TYPE_STRING);
  DescriptorProto* error = AddMessage(file, "ErrorResponse");
  AddField(error, "error_code", 1, FieldDescriptorProto::TYPE_INT32);
  AddField(error, "error_message", 2, FieldDescriptorProto::TYPE_STRING);
}

FileDescriptorProto ReflectionFile(const std::string& version) {
  FileDescriptorProto file;
  file.set_name(StrCat("grpc/reflection/", version, "/reflection.proto"));
  file.set_package(StrCat("grpc.reflection.", version));
  file.set_syntax("proto3");
  const std::string prefix = StrCat(".grpc.reflection.", version, ".");
  AddReflectionRequest(prefix, &file);
  AddReflectionResponse(prefix, &file);
  auto* service = file.add_service();
  service->set_name("ServerReflection");
  AddMethod(service, "ServerReflectionInfo", prefix + "ServerReflectionRequest", prefix + "ServerReflectionResponse", true, true);
  return file;
}

}  // namespace

std::vector<std::string> OwnDescriptors() {
  return {HealthFile().SerializeAsString(), ReflectionFile("v1").SerializeAsString(), ReflectionFile("v1alpha").SerializeAsString()};
}

}  // namespace epi::rpc
