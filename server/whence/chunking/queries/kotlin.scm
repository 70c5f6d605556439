; Kotlin.

(line_comment) @comment
(multiline_comment) @comment
(modifiers . (annotation) @attribute)
(modifiers (annotation) . (annotation) @attribute)

((function_declaration
  (modifiers (annotation [
    (user_type (type_identifier) @_mark)
    (constructor_invocation (user_type (type_identifier) @_mark))]))
  (simple_identifier) @name (function_body) @body) @definition.test
  (#any-of? @_mark "Test" "ParameterizedTest" "RepeatedTest" "TestFactory"))
(function_declaration
  receiver: (receiver_type [(user_type (type_identifier) @scope) (nullable_type (user_type (type_identifier) @scope))])
  (simple_identifier) @name (function_body) @body) @definition.function
(function_declaration (simple_identifier) @name (function_body) @body) @definition.function
(function_declaration (simple_identifier) @name) @definition.function
(secondary_constructor "constructor" @name (statements) @body) @definition.constructor
(secondary_constructor "constructor" @name) @definition.constructor
(anonymous_initializer "init" @name (statements) @body) @definition.constructor

(class_declaration "interface" (type_identifier) @name (class_body) @body) @definition.interface
(class_declaration "interface" (type_identifier) @name) @definition.interface
(class_declaration "enum" (type_identifier) @name (enum_class_body) @body) @definition.enum
(class_declaration (type_identifier) @name (class_body) @body) @definition.class
(class_declaration (type_identifier) @name (primary_constructor)) @definition.class @body
(class_declaration (type_identifier) @name) @definition.class
(object_declaration (type_identifier) @name (class_body) @body) @definition.class
(object_declaration (type_identifier) @name) @definition.class
(companion_object (type_identifier) @name (class_body) @body) @definition.class
(type_alias (type_identifier) @name) @definition.type

; The accessors of a property stand beside it. One that spans lines is read like a method.
((property_declaration
  receiver: (receiver_type (user_type (type_identifier) @scope))
  (variable_declaration (simple_identifier) @name)) @definition.field . (getter) @definition.field)
((property_declaration (variable_declaration (simple_identifier) @name)) @definition.method
  . (getter (function_body) @body) @definition.method
  (#match? @body "\n"))
((property_declaration (variable_declaration (simple_identifier) @name)) @definition.field
  . [(getter) (setter)] @definition.field . (setter) @definition.field)
((property_declaration (variable_declaration (simple_identifier) @name)) @definition.field
  . [(getter) (setter)] @definition.field)
((source_file (property_declaration (modifiers (property_modifier) @_const)
  (variable_declaration (simple_identifier) @name)) @definition.constant)
  (#eq? @_const "const"))
(source_file (property_declaration (variable_declaration (simple_identifier) @name)) @definition.variable)
(class_body (property_declaration (variable_declaration (simple_identifier) @name)) @definition.field)

; Kotest: "…" { }, test("…") { }, describe, context, it, should, given, `when`, then
((call_expression
  (call_expression (simple_identifier) @_call (call_suffix (value_arguments . (value_argument (string_literal) @name))))
  (call_suffix (annotated_lambda) @body)) @definition.test
  (#any-of? @_call "test" "describe" "context" "it" "should" "given" "then" "feature" "scenario" "expect" "xtest"))
((call_expression (simple_identifier) @_call
  (call_suffix (value_arguments . (value_argument (string_literal) @name)) (annotated_lambda) @body)) @definition.test
  (#any-of? @_call "test" "describe" "context" "it" "should" "given" "then" "feature" "scenario" "expect" "xtest"))
