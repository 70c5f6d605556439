; Dart, package:test and flutter_test. The signature of a function and its body stand side by side.

(comment) @comment
(documentation_comment) @comment
(annotation) @attribute

; test('…', () { … }), group, testWidgets
((expression_statement (identifier) @_call
  (selector (argument_part (arguments . (argument (string_literal) @name) (argument (function_expression body: (_) @body)))))) @definition.test
  (#any-of? @_call "test" "group" "testWidgets" "testGoldens" "blocTest"))

(class_definition (interface) name: (identifier) @name body: (_) @body) @definition.interface
(class_definition name: (identifier) @name body: (_) @body) @definition.class
(class_definition (mixin_application_class . (identifier) @name)) @definition.class
(mixin_declaration (identifier) @name (class_body) @body) @definition.trait
(extension_declaration name: (identifier) @name body: (_) @body) @definition.class
(extension_declaration !name class: (type_identifier) @name body: (_) @body) @definition.class
(extension_type_declaration name: (identifier) @name body: (_) @body) @definition.class
(enum_declaration name: (identifier) @name body: (_) @body) @definition.enum
(type_alias (type_identifier) @name . ["=" (type_parameters) (formal_parameter_list)]) @definition.type

; A constructor goes by its last name: `fromJson` of `factory Account.fromJson(…)`.
((method_signature (constructor_signature name: (identifier) @name . parameters: (_))) @definition.constructor
  . (function_body) @definition.constructor @body)
((method_signature (factory_constructor_signature (identifier) @name . (formal_parameter_list))) @definition.constructor
  . (function_body) @definition.constructor @body)
(declaration (constructor_signature name: (identifier) @name . parameters: (_))) @definition.constructor
(declaration (constant_constructor_signature (identifier) @name . (formal_parameter_list))) @definition.constructor
(declaration (redirecting_factory_constructor_signature (identifier) @name . (formal_parameter_list))) @definition.constructor

((method_signature [
    (function_signature name: (identifier) @name)
    (setter_signature name: (identifier) @name)
    (operator_signature "operator" . _ @name)]) @definition.method
  . (function_body) @definition.method @body)
(((method_signature (getter_signature name: (identifier) @name)) @definition.method
  . (function_body) @definition.method @body)
  (#match? @body "\n"))
((method_signature (getter_signature name: (identifier) @name)) @definition.field . (function_body) @definition.field)
(declaration [
  (function_signature name: (identifier) @name)
  (setter_signature name: (identifier) @name)
  (operator_signature "operator" . _ @name)]) @definition.method
(declaration (getter_signature name: (identifier) @name)) @definition.field
(lambda_expression parameters: (function_signature name: (identifier) @name) body: (_) @body) @definition.function

(program [
    (function_signature name: (identifier) @name)
    (getter_signature name: (identifier) @name)
    (setter_signature name: (identifier) @name)] @definition.function
  . (function_body) @definition.function @body)
(program [
    (function_signature name: (identifier) @name)
    (getter_signature name: (identifier) @name)
    (setter_signature name: (identifier) @name)] @definition.function . ";")

(declaration (const_builtin) (static_final_declaration_list (static_final_declaration . (identifier) @name))) @definition.constant
(declaration (static_final_declaration_list (static_final_declaration . (identifier) @name))) @definition.field
(declaration (initialized_identifier_list (initialized_identifier . (identifier) @name))) @definition.field
; At the top level the words of a declaration stand side by side, too.
(program [(const_builtin) (final_builtin)] @definition.constant
  . (type_identifier)? . (type_identifier)? . (type_arguments)? . (nullable_type)?
  . (static_final_declaration_list (static_final_declaration . (identifier) @name)) @definition.constant)
(program (static_final_declaration_list (static_final_declaration . (identifier) @name)) @definition.constant)
(program [(inferred_type) (type_identifier)] @definition.variable
  . (type_arguments)? . (nullable_type)?
  . (initialized_identifier_list (initialized_identifier . (identifier) @name)) @definition.variable)
