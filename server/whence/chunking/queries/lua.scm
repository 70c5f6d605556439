; Lua, LuaJIT and Luau where they agree; busted.

(comment) @comment

((function_call name: (identifier) @_call
  arguments: (arguments . (string) @name (function_definition body: (_) @body))) @definition.test
  (#any-of? @_call "describe" "it" "test" "context" "insulate" "pending"))

(function_declaration name: (identifier) @name) @definition.function
(function_declaration name: (dot_index_expression table: (_) @scope field: (_) @name) body: (_) @body) @definition.function
(function_declaration name: (dot_index_expression table: (_) @scope field: (_) @name)) @definition.function
(function_declaration name: (method_index_expression table: (_) @scope method: (_) @name) body: (_) @body) @definition.method
(function_declaration name: (method_index_expression table: (_) @scope method: (_) @name)) @definition.method
(function_declaration name: (identifier) @name body: (_) @body) @definition.function

(variable_declaration (assignment_statement
  (variable_list . (identifier) @name) (expression_list . (function_definition body: (_) @body)))) @definition.function
(assignment_statement
  (variable_list . (identifier) @name) (expression_list . (function_definition body: (_) @body))) @definition.function
(assignment_statement
  (variable_list . (dot_index_expression table: (_) @scope field: (_) @name))
  (expression_list . (function_definition body: (_) @body))) @definition.function
(field name: (_) @name value: (function_definition body: (_) @body)) @definition.function

(chunk (variable_declaration (assignment_statement (variable_list . (identifier) @name))) @definition.variable)
(chunk (assignment_statement (variable_list . (_) @name)) @definition.variable)
