; Julia.

(line_comment) @comment
(block_comment) @comment

; A string right before a definition is its documentation.
((string_literal (content) @doc) @attribute
  . [(function_definition) (macro_definition) (struct_definition) (abstract_definition) (primitive_definition)
     (module_definition) (assignment) (const_statement) (macrocall_expression) (identifier)])

((macrocall_expression (macro_identifier) @_macro
  (macro_argument_list (string_literal (content) @name) . [(compound_statement) (for_statement) (let_statement)] @body)) @definition.test
  (#any-of? @_macro "@testset" "@testitem"))
((macrocall_expression (macro_identifier) @_macro (macro_argument_list . [(identifier) @name (typed_expression . (identifier) @name)])) @definition.enum
  (#eq? @_macro "@enum"))
(macrocall_expression (macro_argument_list [(function_definition) (assignment) (struct_definition)])) @wrapper

(function_definition
  (signature [
    (call_expression . (_) @name)
    (call_expression . (parametrized_type_expression . (_) @name))
    (typed_expression . (call_expression . (_) @name))
    (where_expression . (call_expression . (_) @name))
    (where_expression . (call_expression . (parametrized_type_expression . (_) @name)))
    (where_expression . (typed_expression . (call_expression . (_) @name)))])
  (block) @body) @definition.function
(function_definition (signature [(identifier) @name (call_expression . (_) @name)])) @definition.function
(macro_definition (signature (call_expression . (_) @name)) (block) @body) @definition.macro
(assignment .
  [(call_expression . (_) @name)
   (call_expression . (parametrized_type_expression . (_) @name))
   (where_expression . (call_expression . (parametrized_type_expression . (_) @name)))
   (typed_expression . (call_expression . (_) @name))
   (where_expression . (call_expression . (_) @name))
   (where_expression . (typed_expression . (call_expression . (_) @name)))]
  (operator) . (_) @body) @definition.function

(struct_definition
  (type_head [
    (identifier) @name
    (parametrized_type_expression . (identifier) @name)
    (binary_expression . (identifier) @name)
    (binary_expression . (parametrized_type_expression . (identifier) @name))])
  (block) @body) @definition.struct
(struct_definition (type_head [(identifier) @name (binary_expression . (identifier) @name)])) @definition.struct
(abstract_definition (type_head [
    (identifier) @name
    (parametrized_type_expression . (identifier) @name)
    (binary_expression . (identifier) @name)
    (binary_expression . (parametrized_type_expression . (identifier) @name))])) @definition.type
(primitive_definition (type_head [(identifier) @name (binary_expression . (identifier) @name)])) @definition.type
(module_definition name: (identifier) @name (block) @body) @definition.module

(assignment . (identifier) @name (operator) . (function_definition (signature) (block) @body)) @definition.function
(source_file (assignment . (identifier) @name (operator) . (arrow_function_expression) @body) @definition.function)
(module_definition (block (assignment . (identifier) @name (operator) . (arrow_function_expression) @body) @definition.function))
(const_statement (assignment . [(identifier) @name (typed_expression . (identifier) @name)])) @definition.constant
(source_file (assignment . (identifier) @name) @definition.variable)
(module_definition (block (assignment . (identifier) @name) @definition.variable))
