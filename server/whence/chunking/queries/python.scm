; Python: functions, classes, module and class level names.

(comment) @comment
(decorator) @attribute

((function_definition name: (identifier) @name body: (block) @body) @definition.test
  (#match? @name "^test_"))
(class_definition body: (block
  (function_definition name: (identifier) @name body: (block) @body) @definition.constructor)
  (#eq? @name "__init__"))
(function_definition name: (identifier) @name body: (block) @body) @definition.function
(class_definition name: (identifier) @name body: (block) @body) @definition.class

(function_definition body: (block . (string) @doc))
(class_definition body: (block . (string) @doc))

((module (assignment left: (identifier) @name) @definition.constant)
  (#match? @name "^_*[A-Z][A-Z0-9_]*$"))
(module (assignment left: (identifier) @name) @definition.variable)
(module (type_alias_statement left: (type (identifier) @name)) @definition.type)
(class_definition body: (block (assignment left: (identifier) @name) @definition.field))
