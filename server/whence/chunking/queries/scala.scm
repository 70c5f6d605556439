; Scala 2 and 3.

(comment) @comment
(block_comment) @comment
(annotation) @attribute

((function_definition name: (identifier) @name body: (_) @body) @definition.constructor (#eq? @name "this"))
((function_definition
  (annotation name: (type_identifier) @_mark) name: (_) @name body: (_) @body) @definition.test
  (#any-of? @_mark "Test" "ParameterizedTest"))
(function_definition name: (_) @name body: (_) @body) @definition.function
(function_declaration name: (_) @name) @definition.function

(class_definition name: (_) @name body: (_) @body) @definition.class
(class_definition name: (_) @name class_parameters: (_)) @definition.class @body
(class_definition name: (_) @name) @definition.class
(object_definition name: (_) @name body: (_) @body) @definition.class
(object_definition name: (_) @name) @definition.class
(trait_definition name: (_) @name body: (_) @body) @definition.trait
(trait_definition name: (_) @name) @definition.trait
(enum_definition name: (_) @name body: (_) @body) @definition.enum
(package_object name: (_) @name body: (_) @body) @definition.namespace
(package_clause name: (_) @name body: (_) @body) @definition.namespace
(given_definition name: (_) @name body: (_) @body) @definition.class
(given_definition name: (_) @name) @definition.variable
(given_definition return_type: (_) @name body: (_) @body) @definition.class
(extension_definition
  parameters: (parameters (parameter type: [(type_identifier) @name (generic_type type: (_) @name) (_) @name]))
  body: (_) @body) @definition.class
(type_definition name: (_) @name) @definition.type

(compilation_unit (val_definition pattern: (identifier) @name) @definition.variable)
(compilation_unit (var_definition pattern: (identifier) @name) @definition.variable)
(template_body (val_definition pattern: (identifier) @name) @definition.field)
(template_body (var_definition pattern: (identifier) @name) @definition.field)
(template_body (val_declaration name: (identifier) @name) @definition.field)

; test("…") { }, describe("…") { }; "…" should "…" in { }, "…" - { }
((call_expression
  function: (call_expression function: (identifier) @_call arguments: (arguments . (string) @name))
  arguments: [(block) (colon_argument)] @body) @definition.test
  (#any-of? @_call "test" "it" "describe" "property" "feature" "scenario" "scenariosFor"))
((infix_expression left: [(string) (infix_expression)] @name operator: (identifier) @_word right: (block) @body) @definition.test
  (#any-of? @_word "in" "should" "must" "can" "when" "which" "taggedAs"))
