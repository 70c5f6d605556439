; PowerShell: functions, filters, classes, enums, script variables, Pester.

(comment) @comment

; Comment-based help inside a function
(function_statement (comment) @doc)
(function_statement (script_block . (comment) @doc))
(function_statement (script_block (param_block . (comment) @doc)))

; the parameters of `function f { param(…) }` belong to its signature
(function_statement (function_name) @name
  . (script_block . (param_block) . script_block_body: (_) @body)) @definition.function
(function_statement (function_name) @name "{" @body) @definition.function
(class_statement . (simple_name) @name "{" @body) @definition.class
((class_statement . (simple_name) @_class
  (class_method_definition (simple_name) @name "{" @body) @definition.constructor)
  (#eq? @_class @name))
(class_method_definition (simple_name) @name "{" @body) @definition.method
(class_method_definition (simple_name) @name) @definition.method
(enum_statement (simple_name) @name "{" @body) @definition.enum
(class_property_definition (variable) @name) @definition.field

((pipeline (pipeline_chain (command command_name: (command_name) @_call
  command_elements: (command_elements (array_literal_expression) @name
    (array_literal_expression (unary_expression (script_block_expression) @body)))))) @definition.test
  (#match? @_call "^([Dd]escribe|[Cc]ontext|[Ii]t)$"))

((command command_name: (command_name) @_call
  command_elements: (command_elements (generic_token) @name
    (array_literal_expression (unary_expression (script_block_expression) @body)))) @definition.function
  (#match? @_call "^[Cc]onfiguration$"))
((pipeline (pipeline_chain (command command_name: (command_name) @_call
  command_elements: (command_elements
    (command_parameter) @_name . (command_argument_sep) . [(generic_token) (array_literal_expression)] @name
    (command_parameter) @_option . (command_argument_sep) . (generic_token) @_kind)))) @definition.constant
  (#match? @_call "^([Ss]et|[Nn]ew)-[Vv]ariable$") (#match? @_name "^-[Nn]ame$")
  (#match? @_option "^-[Oo]ption$") (#match? @_kind "^([Cc]onstant|[Rr]ead[Oo]nly)"))

(program (statement_list (pipeline (assignment_expression (left_assignment_expression) @name)) @definition.variable))
