; PowerShell, Pester.

(comment) @comment

; Comment-based help inside a function
(function_statement (comment) @doc)
(function_statement (script_block . (comment) @doc))
(function_statement (script_block (param_block . (comment) @doc)))

(function_statement (function_name) @name "{" @body) @definition.function
(class_statement (simple_name) @name "{" @body) @definition.class
(class_method_definition (simple_name) @name (script_block) @body) @definition.method
(class_method_definition (simple_name) @name) @definition.method
(enum_statement (simple_name) @name "{" @body) @definition.enum
(class_property_definition (variable) @name) @definition.field

((pipeline (pipeline_chain (command command_name: (command_name) @_call
  command_elements: (command_elements (array_literal_expression) @name
    (array_literal_expression (unary_expression (script_block_expression) @body)))))) @definition.test
  (#match? @_call "^([Dd]escribe|[Cc]ontext|[Ii]t)$"))

(program (statement_list (pipeline (assignment_expression (left_assignment_expression) @name)) @definition.variable))
