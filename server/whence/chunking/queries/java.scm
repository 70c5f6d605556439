; Java.

(line_comment) @comment
(block_comment) @comment
(modifiers . [(annotation) (marker_annotation)] @attribute)
(modifiers [(annotation) (marker_annotation)] . [(annotation) (marker_annotation)] @attribute)

((method_declaration
  (modifiers [(marker_annotation name: (identifier) @_mark) (annotation name: (identifier) @_mark)])
  name: (identifier) @name body: (block) @body) @definition.test
  (#any-of? @_mark "Test" "ParameterizedTest" "RepeatedTest" "TestFactory"))
(method_declaration name: (identifier) @name body: (block) @body) @definition.method
(method_declaration name: (identifier) @name) @definition.method
(constructor_declaration name: (identifier) @name body: (_) @body) @definition.constructor
(compact_constructor_declaration name: (identifier) @name body: (_) @body) @definition.constructor

(class_declaration name: (identifier) @name body: (class_body) @body) @definition.class
(record_declaration name: (identifier) @name body: (class_body) @body) @definition.class
(interface_declaration name: (identifier) @name body: (interface_body) @body) @definition.interface
(annotation_type_declaration name: (identifier) @name body: (_) @body) @definition.interface
(annotation_type_element_declaration name: (identifier) @name) @definition.method
(enum_declaration name: (identifier) @name body: (enum_body) @body) @definition.enum
(field_declaration declarator: (variable_declarator name: (identifier) @name)) @definition.field
(constant_declaration declarator: (variable_declarator name: (identifier) @name)) @definition.constant
