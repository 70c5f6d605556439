; Perl: packages, classes, subs, constants, Moose attributes, tests.

(comment) @comment
(pod) @comment

(package_statement name: (package) @name (block) @body) @definition.module @rest
(package_statement name: (package) @name) @definition.module @rest
(class_statement name: (package) @name (block) @body) @definition.class @rest
(class_statement name: (package) @name) @definition.class @rest
(role_statement name: (package) @name (block) @body) @definition.trait @rest
(role_statement name: (package) @name) @definition.trait @rest

((subroutine_declaration_statement name: (bareword) @name body: (_) @body) @definition.constructor
  (#any-of? @name "new" "BUILD"))
(subroutine_declaration_statement name: (bareword) @name body: (_) @body) @definition.function
(method_declaration_statement name: (bareword) @name body: (_) @body) @definition.method
(expression_statement (assignment_expression
  left: (variable_declaration variable: (scalar (varname) @name))
  right: (anonymous_subroutine_expression body: (_) @body))) @definition.function
(expression_statement (assignment_expression
  left: (glob (varname) @name) right: (anonymous_subroutine_expression body: (_) @body))) @definition.function

((ambiguous_function_call_expression function: (function) @_call
  . (_ content: (_) @name) (anonymous_subroutine_expression body: (_) @body)) @definition.test
  (#any-of? @_call "subtest" "describe" "context" "it" "they" "test"))
((function_call_expression function: (function) @_call
  arguments: (list_expression . (_ content: (_) @name) (anonymous_subroutine_expression body: (_) @body))) @definition.test
  (#any-of? @_call "subtest" "describe" "context" "it" "they" "test"))

; Moose, Moo: attributes, and what is wrapped around a method
((ambiguous_function_call_expression function: (function) @_call
  . [(autoquoted_bareword) @name (_ content: (_) @name)] (anonymous_subroutine_expression body: (_) @body)) @definition.method
  (#any-of? @_call "before" "after" "around" "override" "augment"))
((ambiguous_function_call_expression function: (function) @_call
  . [(autoquoted_bareword) @name (string_literal content: (_) @name)]) @definition.field
  (#any-of? @_call "has" "option" "has_field"))
(class_statement (block (expression_statement
  (variable_declaration "field" variable: (_ (varname) @name)) @definition.field)))

((use_statement module: (package) @_module (list_expression . (autoquoted_bareword) @name)) @definition.constant
  (#eq? @_module "constant"))
((use_statement module: (package) @_module
  (anonymous_hash_expression (list_expression . (autoquoted_bareword) @name))) @definition.constant
  (#eq? @_module "constant"))
((ambiguous_function_call_expression function: (function) @_call
  arguments: (variable_declaration variable: (_ (varname) @name))) @definition.constant
  (#any-of? @_call "Readonly" "Readonly::Scalar" "Readonly::Array" "Readonly::Hash" "const"))
(source_file (expression_statement (assignment_expression
  left: (variable_declaration variable: (_ (varname) @name))) @definition.variable))
