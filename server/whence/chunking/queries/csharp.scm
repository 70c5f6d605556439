; C#.

(comment) @comment
(attribute_list) @attribute

(file_scoped_namespace_declaration name: (_) @name) @definition.namespace @rest
(namespace_declaration name: (_) @name body: (_) @body) @definition.namespace

((method_declaration (attribute_list (attribute name: (_) @_mark)) name: (identifier) @name body: (_) @body) @definition.test
  (#any-of? @_mark "Fact" "Theory" "Test" "TestCase" "TestMethod" "DataTestMethod" "Benchmark"))
(method_declaration name: (identifier) @name body: (_) @body) @definition.method
(method_declaration name: (identifier) @name) @definition.method
(local_function_statement name: (identifier) @name body: (_) @body) @definition.function
(constructor_declaration name: (identifier) @name body: (_) @body) @definition.constructor
(destructor_declaration name: (identifier) @name body: (_) @body) @definition.method
(operator_declaration operator: _ @name body: (_) @body) @definition.method
(conversion_operator_declaration type: (_) @name body: (_) @body) @definition.method
(indexer_declaration "this" @name accessors: (_) @body) @definition.method
(indexer_declaration "this" @name value: (_) @body) @definition.method

(class_declaration name: (identifier) @name body: (declaration_list) @body) @definition.class
(class_declaration name: (identifier) @name (parameter_list)) @definition.class @body
(class_declaration name: (identifier) @name) @definition.class
(record_declaration "struct" name: (identifier) @name (parameter_list)) @definition.struct @body
(record_declaration "struct" name: (identifier) @name) @definition.struct
(record_declaration name: (identifier) @name body: (declaration_list) @body) @definition.class
(record_declaration name: (identifier) @name (parameter_list)) @definition.class @body
(record_declaration name: (identifier) @name) @definition.class
(struct_declaration name: (identifier) @name body: (declaration_list) @body) @definition.struct
(interface_declaration name: (identifier) @name body: (declaration_list) @body) @definition.interface
(enum_declaration name: (identifier) @name body: (enum_member_declaration_list) @body) @definition.enum
(delegate_declaration name: (identifier) @name) @definition.type

; A property that computes something on lines of its own is read like a method.
((property_declaration name: (identifier) @name
  accessors: (accessor_list (accessor_declaration body: (_))) @body) @definition.method
  (#match? @body "\n"))
((property_declaration name: (identifier) @name value: (arrow_expression_clause) @body) @definition.method
  (#match? @body "\n"))
(property_declaration name: (identifier) @name) @definition.field
(event_declaration name: (identifier) @name) @definition.field
(event_field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @definition.field
((field_declaration (modifier) @_const (variable_declaration (variable_declarator name: (identifier) @name))) @definition.constant
  (#eq? @_const "const"))
(field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @definition.field
