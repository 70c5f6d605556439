; Ruby, RSpec, minitest, Rake.

(comment) @comment

; RSpec.describe Foo do, describe "#bar" do, it "does" do, scenario "…" do; Rails: test "…" do
((call method: (identifier) @_call arguments: (argument_list . (_) @name) block: (_ body: (_) @body)) @definition.test
  (#any-of? @_call "describe" "context" "it" "specify" "feature" "scenario" "test" "should" "shared_examples"
    "shared_context" "shared_examples_for" "xit" "fit" "xdescribe" "fdescribe"))

; Rake: desc "…" says what the next task does
((call method: (identifier) @_call arguments: (argument_list . (string (string_content) @doc) .)) @attribute
  (#eq? @_call "desc"))
((call method: (identifier) @_call arguments: (argument_list . [
    (simple_symbol) @name (string (string_content) @name)
    (pair key: [(hash_key_symbol) @name (simple_symbol) @name (string (string_content) @name)])])
  block: (do_block body: (_) @body)) @definition.target
  (#any-of? @_call "task" "multitask" "file"))
((call method: (identifier) @_call arguments: (argument_list . (simple_symbol) @name .)
  block: (do_block body: (_) @body)) @definition.namespace
  (#eq? @_call "namespace"))

((call method: (identifier) @_call arguments: (argument_list . [(simple_symbol) (string)] @name)
  block: (_ body: (_) @body)) @definition.method
  (#any-of? @_call "define_method" "define_singleton_method"))

((method name: (identifier) @name body: (_) @body) @definition.test (#match? @name "^test_"))
((method name: (identifier) @name) @definition.constructor (#eq? @name "initialize"))
(class body: (body_statement (method name: (_) @name body: (_) @body) @definition.method))
(module body: (body_statement (method name: (_) @name body: (_) @body) @definition.method))
(singleton_class body: (body_statement (method name: (_) @name body: (_) @body) @definition.method))
(method name: (_) @name body: (_) @body) @definition.function
(method name: (_) @name) @definition.function
(singleton_method object: (self) name: (_) @name body: (_) @body) @definition.method
(singleton_method object: (constant) @scope name: (_) @name body: (_) @body) @definition.method
(singleton_method name: (_) @name) @definition.method

(class name: (_) @name body: (_) @body) @definition.class
(class name: (_) @name) @definition.class
(module name: (_) @name body: (_) @body) @definition.module
((assignment left: [(constant) (scope_resolution)] @name
  right: (call method: (identifier) @_new block: (_ body: (_) @body))) @definition.class
  (#any-of? @_new "new" "define"))
(assignment left: (constant) @name) @definition.constant
