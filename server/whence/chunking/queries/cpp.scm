; C++ beyond C.

(template_declaration) @wrapper

(class_specifier name: (_) @name body: (field_declaration_list) @body) @definition.class
(struct_specifier name: (template_type) @name body: (field_declaration_list) @body) @definition.struct
(namespace_definition name: (_) @name body: (declaration_list) @body) @definition.namespace
(concept_definition name: (identifier) @name) @definition.type
(alias_declaration name: (type_identifier) @name) @definition.type

; Members inside the class
(function_definition declarator: (function_declarator declarator: (field_identifier) @name) body: (_) @body) @definition.method
(function_definition declarator: (_ (function_declarator declarator: (field_identifier) @name)) body: (_) @body) @definition.method
(function_definition declarator: (_ (_ (function_declarator declarator: (field_identifier) @name))) body: (_) @body) @definition.method
(function_definition declarator: (function_declarator declarator: (destructor_name) @name) body: (_) @body) @definition.method
(function_definition declarator: (function_declarator declarator: (operator_name) @name) body: (_) @body) @definition.function
(function_definition declarator: (_ (function_declarator declarator: (operator_name) @name)) body: (_) @body) @definition.function
(function_definition declarator: (_ (function_declarator declarator: (identifier) @name)) body: (_) @body) @definition.function
(function_definition declarator: (operator_cast) @name body: (_) @body) @definition.method
(field_declaration declarator: (function_declarator declarator: (field_identifier) @name)) @definition.method
(field_declaration declarator: (_ (function_declarator declarator: (field_identifier) @name))) @definition.method
(field_declaration_list (field_declaration declarator: (field_identifier) @name) @definition.field)

; Members outside of it: Foo::bar, a::b::Foo::bar
(function_definition
  declarator: (function_declarator
    declarator: (qualified_identifier scope: (_) @scope name: (_) @name)) body: (_) @body) @definition.method
(function_definition
  declarator: (_ (function_declarator
    declarator: (qualified_identifier scope: (_) @scope name: (_) @name))) body: (_) @body) @definition.method
(function_definition
  declarator: (_ (_ (function_declarator
    declarator: (qualified_identifier scope: (_) @scope name: (_) @name)))) body: (_) @body) @definition.method

; Google Test: TEST(Suite, Name) { … } parses as a function without a type
((function_definition declarator: (function_declarator declarator: (identifier) @_macro
   parameters: (parameter_list . (_) @scope . (_) @name)) body: (_) @body) @definition.test
  (#any-of? @_macro "TEST" "TEST_F" "TEST_P" "TYPED_TEST"))
