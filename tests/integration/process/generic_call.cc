#include "tests/integration/process/generic_call.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

namespace epi::process::test {
namespace {

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return {};
  std::string bytes;
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

// Waits for the only operation that is under way; whether it went well.
bool Next(grpc::CompletionQueue* queue) {
  void* tag = nullptr;
  bool went_well = false;
  return queue->Next(&tag, &went_well) && went_well;
}

}  // namespace

GenericAnswer CallGeneric(uint16_t port, const std::string& method, const std::string& request) {
  grpc::GenericStub stub(grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareCall(&context, method, &queue);
  GenericAnswer answer;
  call->StartCall(nullptr);
  if (Next(&queue)) {
    call->Write(ToBuffer(request), nullptr);
    Next(&queue);
    call->WritesDone(nullptr);
    Next(&queue);
    grpc::ByteBuffer response;
    for (call->Read(&response, nullptr); Next(&queue); call->Read(&response, nullptr)) answer.responses.push_back(ToBytes(response));
  }
  grpc::Status status;
  call->Finish(&status, nullptr);
  Next(&queue);
  queue.Shutdown();
  while (Next(&queue)) {
  }
  answer.code = status.error_code();
  answer.message = status.error_message();
  return answer;
}

}  // namespace epi::process::test
