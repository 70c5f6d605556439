; PHP, PHPUnit, Pest.

(comment) @comment
(attribute_list) @attribute
(php_tag) @attribute
(declare_statement) @attribute

(namespace_definition name: (namespace_name) @name body: (_) @body) @definition.namespace
(namespace_definition name: (namespace_name) @name) @definition.namespace @rest

((method_declaration
  attributes: (attribute_list (attribute_group (attribute (name) @_mark)))
  name: (name) @name body: (_) @body) @definition.test
  (#any-of? @_mark "Test" "DataProvider"))
((method_declaration name: (name) @name body: (_) @body) @definition.test
  (#match? @name "^test([A-Z0-9_]|$)"))
((method_declaration name: (name) @name body: (_) @body) @definition.constructor
  (#eq? @name "__construct"))
(method_declaration name: (name) @name body: (_) @body) @definition.method
(method_declaration name: (name) @name) @definition.method
(function_definition name: (name) @name body: (_) @body) @definition.function

; it('…', function () { … }), test('…', fn () => …), describe
((expression_statement
  (function_call_expression function: (name) @_call
    arguments: (arguments . (argument (string (string_content) @name))
      (argument [(anonymous_function body: (_) @body) (arrow_function body: (_) @body)])))) @definition.test
  (#any-of? @_call "it" "test" "describe"))
(expression_statement
  (assignment_expression left: (variable_name (name) @name)
    right: (anonymous_function body: (_) @body))) @definition.function

(class_declaration name: (name) @name body: (_) @body) @definition.class
(interface_declaration name: (name) @name body: (_) @body) @definition.interface
(trait_declaration name: (name) @name body: (_) @body) @definition.trait
(enum_declaration name: (name) @name body: (_) @body) @definition.enum

(const_declaration (const_element . (name) @name)) @definition.constant
(property_declaration (property_element (variable_name (name) @name))) @definition.field
((expression_statement
  (function_call_expression function: (name) @_call arguments: (arguments . (argument (string (string_content) @name))))) @definition.constant
  (#eq? @_call "define"))
