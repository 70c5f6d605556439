; JavaScript and JSX only.

(class_declaration name: (identifier) @name body: (class_body) @body) @definition.class
(class_body (field_definition property: (_) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.method)
(class_body (field_definition property: (_) @name) @definition.field)
