; OCaml implementations.

(module_definition (module_binding (module_name) @name body: (structure) @body)) @definition.module
(module_definition (module_binding (module_name) @name)) @definition.module
(method_definition (method_name) @name body: (_) @body) @definition.method
(instance_variable_definition (instance_variable_name) @name) @definition.field

; ppx_inline_test: let%test "…" = …
((value_definition (attribute_id) @_test (let_binding pattern: (string) @name body: (_) @body)) @definition.test
  (#any-of? @_test "test" "test_unit" "expect_test"))

; let f x = … and g y = …: each with the word before it
(compilation_unit (value_definition ["let" "and"] @definition.function
  . (let_binding pattern: [(value_name) (parenthesized_operator)] @name (parameter) body: (_) @body) @definition.function))
(compilation_unit (value_definition "let" @definition.function . "rec"
  . (let_binding pattern: [(value_name) (parenthesized_operator)] @name (parameter) body: (_) @body) @definition.function))
(structure (value_definition ["let" "and"] @definition.function
  . (let_binding pattern: [(value_name) (parenthesized_operator)] @name (parameter) body: (_) @body) @definition.function))
(structure (value_definition "let" @definition.function . "rec"
  . (let_binding pattern: [(value_name) (parenthesized_operator)] @name (parameter) body: (_) @body) @definition.function))
(compilation_unit (value_definition ["let" "and"] @definition.function
  . (let_binding pattern: (value_name) @name body: [(fun_expression) (function_expression)] @body) @definition.function))
(compilation_unit (value_definition "let" @definition.function . "rec"
  . (let_binding pattern: (value_name) @name body: [(fun_expression) (function_expression)] @body) @definition.function))
(structure (value_definition ["let" "and"] @definition.function
  . (let_binding pattern: (value_name) @name body: [(fun_expression) (function_expression)] @body) @definition.function))
(structure (value_definition "let" @definition.function . "rec"
  . (let_binding pattern: (value_name) @name body: [(fun_expression) (function_expression)] @body) @definition.function))
((compilation_unit (value_definition ["let" "and"] @definition.constant
  . (let_binding pattern: (value_name) @name) @definition.constant))
  (#not-eq? @name "_"))
((structure (value_definition ["let" "and"] @definition.constant
  . (let_binding pattern: (value_name) @name) @definition.constant))
  (#not-eq? @name "_"))
