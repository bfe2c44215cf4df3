#include "common/gotemplate/template.h"

#include "common/gotemplate/execute.h"
#include "common/gotemplate/parser.h"

namespace epi::gotemplate {

struct Template::Parts {
  std::string name;
  std::string text;
  Functions functions;
  Tree tree;
};

Result<Template> Template::Parse(std::string name, std::string text, Functions functions) {
  auto parts = std::make_shared<Parts>();
  parts->name = std::move(name);
  parts->text = std::move(text);
  parts->functions = std::move(functions);
  parts->tree = TRY(gotemplate::Parse(parts->name, parts->text, parts->functions));
  return Template(std::move(parts));
}

Result<std::string> Template::Execute(const Context& ctx, const Value& data) const {
  return gotemplate::Execute(ctx, {parts_->name, parts_->text, &parts_->tree, &parts_->functions}, data);
}

}  // namespace epi::gotemplate
