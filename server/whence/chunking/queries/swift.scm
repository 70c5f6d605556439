; Swift.

(comment) @comment
(multiline_comment) @comment
(modifiers . (attribute) @attribute)
(modifiers (attribute) . (attribute) @attribute)

((function_declaration
  (modifiers (attribute (user_type (type_identifier) @_mark))) name: (simple_identifier) @name body: (_) @body) @definition.test
  (#eq? @_mark "Test"))
((class_body (function_declaration name: (simple_identifier) @name body: (_) @body) @definition.test)
  (#match? @name "^test[A-Z0-9_]"))
(function_declaration "func" . _ @name body: (_) @body) @definition.function
(protocol_function_declaration name: (simple_identifier) @name) @definition.method
(init_declaration "init" @name body: (_) @body) @definition.constructor
(deinit_declaration "deinit" @name body: (_) @body) @definition.method
(subscript_declaration "subscript" @name (computed_property) @body) @definition.method

(class_declaration declaration_kind: "enum" name: (_) @name body: (_) @body) @definition.enum
(class_declaration declaration_kind: "struct" name: (_) @name body: (_) @body) @definition.struct
(class_declaration name: (_) @name body: (_) @body) @definition.class
(protocol_declaration name: (_) @name body: (_) @body) @definition.interface
(typealias_declaration name: (_) @name) @definition.type
(associatedtype_declaration name: (_) @name) @definition.type
(macro_declaration (simple_identifier) @name) @definition.macro

; A computed property that spans lines is read like a method.
((property_declaration name: (pattern (simple_identifier) @name) computed_value: (_) @body) @definition.method
  (#match? @body "\n"))
(source_file (property_declaration name: (pattern (simple_identifier) @name)) @definition.variable)
(class_body (property_declaration name: (pattern (simple_identifier) @name)) @definition.field)
(enum_class_body (property_declaration name: (pattern (simple_identifier) @name)) @definition.field)
(protocol_property_declaration name: (pattern (simple_identifier) @name)) @definition.field
