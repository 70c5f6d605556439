; Perl.

(comment) @comment
(pod) @comment

(package_statement name: (package) @name (block) @body) @definition.module @rest
(package_statement name: (package) @name) @definition.module @rest
(class_statement name: (package) @name (block) @body) @definition.class @rest
(class_statement name: (package) @name) @definition.class @rest
(role_statement name: (package) @name (block) @body) @definition.class

(subroutine_declaration_statement name: (bareword) @name body: (_) @body) @definition.function
(method_declaration_statement name: (bareword) @name body: (_) @body) @definition.method
(expression_statement (assignment_expression
  left: (variable_declaration variable: (scalar (varname) @name))
  right: (anonymous_subroutine_expression body: (_) @body))) @definition.function
(expression_statement (assignment_expression
  left: (glob) @name right: (anonymous_subroutine_expression body: (_) @body))) @definition.function

((expression_statement (ambiguous_function_call_expression function: (function) @_call
  (string_literal (string_content) @name) (anonymous_subroutine_expression body: (_) @body))) @definition.test
  (#any-of? @_call "subtest" "describe" "it" "test"))
