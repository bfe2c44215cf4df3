// Builds YamlNode trees from yaml-cpp's events. Exceptions of yaml-cpp end here.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <unordered_set>

#include "common/base/go_quote.h"
#include "common/config/yaml.h"

namespace epi::config {

// After the first error all events are ignored: yaml-cpp cannot be stopped, and its own nesting is bounded.
class YamlBuilder final : public YAML::EventHandler {
 public:
  explicit YamlBuilder(std::string source) : source_(std::make_shared<const std::string>(std::move(source))) {}

  const Status& status() const { return status_; }
  YamlNode TakeRoot() {
    root_.source_ = source_;
    return std::move(root_);
  }
  Status ErrorAt(int line, std::string_view message) const {
    return InvalidArgumentError(StrCat(*source_, ":", line, ": ", message));
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) Fail(Line(mark), "more than one document");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { Put(Make(YamlNode::Kind::kNull, mark), anchor); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    YamlNode node = Make(YamlNode::Kind::kScalar, mark);
    node.text_ = value;
    node.quoted_ = tag == "!";
    Put(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) return Fail(Line(mark), "an alias inside its own anchor");
    if (CountNodes(Size(found->second), Line(mark))) Put(found->second, 0);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    Open(YamlNode::Kind::kList, mark, anchor);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    Open(YamlNode::Kind::kMap, mark, anchor);
  }
  void OnMapEnd() override { Close(); }

 private:
  // A list or map that is still open; in a map, the key whose value comes next.
  struct Frame {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    bool has_key = false;
    std::unordered_set<std::string> keys = {};
  };

  static int Line(const YAML::Mark& mark) { return mark.line + 1; }

  static size_t Size(const YamlNode& node) {
    size_t size = 1;
    for (const YamlNode& item : node.items()) size += Size(item);
    for (const YamlEntry& entry : node.entries()) size += Size(entry.value);
    return size;
  }

  void Fail(int line, std::string_view message) {
    if (status_.ok()) status_ = ErrorAt(line, message);
  }

  bool CountNodes(size_t count, int line) {
    nodes_ += count;
    if (nodes_ > kYamlNodesMax) Fail(line, "document is too large");
    return status_.ok();
  }

  YamlNode Make(YamlNode::Kind kind, const YAML::Mark& mark) {
    CountNodes(1, Line(mark));
    YamlNode node;
    node.kind_ = kind;
    node.line_ = Line(mark);
    node.column_ = mark.column + 1;
    node.source_ = source_;
    return node;
  }

  void Open(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (!status_.ok()) return;
    if (stack_.size() == kYamlDepthMax) return Fail(Line(mark), "document is nested too deeply");
    stack_.push_back({Make(kind, mark), anchor, false});
  }

  void Close() {
    if (!status_.ok()) return;
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    Merge(&frame.node);
    Put(std::move(frame.node), frame.anchor);
  }

  void Put(YamlNode node, YAML::anchor_t anchor) {
    if (!status_.ok()) return;
    if (anchor != 0 && CountNodes(Size(node), node.line_)) anchors_[anchor] = node;
    if (stack_.empty()) {
      root_ = std::move(node);
    } else if (stack_.back().node.kind_ == YamlNode::Kind::kList) {
      stack_.back().node.items_.push_back(std::move(node));
    } else {
      PutInMap(&stack_.back(), std::move(node));
    }
  }

  void PutInMap(Frame* frame, YamlNode node) {
    auto& entries = frame->node.entries_;
    if (frame->has_key) {
      entries.back().value = std::move(node);
      frame->has_key = false;
      return;
    }
    if (node.kind_ != YamlNode::Kind::kScalar) return Fail(node.line_, StrCat("a key must be text, got ", node.KindText()));
    if (!frame->keys.insert(node.text_).second) {
      return Fail(node.line_, StrCat("key ", GoQuote(node.text_.substr(0, 64)), " is repeated"));
    }
    entries.push_back({std::move(node.text_), node.line_, YamlNode()});
    frame->has_key = true;
  }

  // Replaces a "<<" entry by those of its map, or of each map in its list, that the node does not have itself.
  void Merge(YamlNode* node) {
    const YamlNode* const found = node->Find("<<");
    if (found == nullptr) return;
    const YamlNode merged = *found;
    std::erase_if(node->entries_, [](const YamlEntry& entry) { return entry.key == "<<"; });
    if (merged.kind_ == YamlNode::Kind::kMap) return MergeFrom(merged, node);
    for (const YamlNode& item : merged.items_) MergeFrom(item, node);
    if (merged.kind_ != YamlNode::Kind::kList) Fail(merged.line_, "<< needs a map or a list of maps");
  }

  void MergeFrom(const YamlNode& from, YamlNode* node) {
    if (from.kind_ != YamlNode::Kind::kMap) return Fail(from.line_, "<< needs a map or a list of maps");
    for (const YamlEntry& entry : from.entries_) {
      if (node->Find(entry.key) == nullptr) node->entries_.push_back(entry);
    }
  }

  const std::shared_ptr<const std::string> source_;
  Status status_;
  size_t nodes_ = 0;
  int documents_ = 0;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
  YamlNode root_;
};

Result<YamlNode> YamlNode::Parse(std::string_view text, std::string source) {
  if (text.size() > kYamlBytesMax) return InvalidArgumentError(StrCat(source, ": larger than ", kYamlBytesMax, " bytes"));
  YamlBuilder builder(std::move(source));
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    // Some broken texts are endless empty documents to yaml-cpp: the second one is an error, and ends the loop.
    while (builder.status().ok() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    return builder.ErrorAt(error.mark.line + 1, error.msg);
  }
  RETURN_IF_ERROR(Status(builder.status()));
  return builder.TakeRoot();
}

}  // namespace epi::config
