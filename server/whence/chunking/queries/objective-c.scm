; Objective-C; functions, types, macros and variables are those of C. The parts of a selector are joined to one name.
; Each part is written out, up to seven, because `*` takes time that grows with the square of the parts.
; A class has no node for its members: the first of them starts the body.

((class_implementation . "@implementation" . (identifier) @name
  [(comment) (instance_variables) (implementation_definition) "@end"] @body) @definition.class)
(class_interface "@interface" . (identifier) @name
  [(comment) (instance_variables) (property_declaration) (method_declaration) "@end"] @body) @definition.class
(protocol_declaration "@protocol" . (identifier) @name
  [(comment) (property_declaration) (method_declaration) (qualified_protocol_interface_declaration) "@end"] @body) @definition.interface

((method_definition (method_type) . (identifier) @name . (compound_statement) @body) @definition.test
  (#match? @name "^test([A-Z0-9_]|$)"))
((method_definition (method_type) . (identifier) @name . (compound_statement) @body) @definition.constructor
  (#match? @name "^init([A-Z]|$)"))
(method_definition (identifier) @name . (compound_statement) @body) @definition.method
((method_definition (method_type) . (identifier) @name @_first . (method_parameter . ":" @name)
  . ((identifier) @name . (method_parameter . ":" @name))? . ((identifier) @name . (method_parameter . ":" @name))?
  . ((identifier) @name . (method_parameter . ":" @name))? . ((identifier) @name . (method_parameter . ":" @name))?
  . ((identifier) @name . (method_parameter . ":" @name))? . ((identifier) @name . (method_parameter . ":" @name))?
  (compound_statement) @body) @definition.constructor
  (#match? @_first "^init([A-Z]|$)"))
(method_definition ["-" "+" (method_type)] . (identifier) @name . (method_parameter . ":" @name)
  . ((identifier) @name . (method_parameter . ":" @name))? . ((identifier) @name . (method_parameter . ":" @name))?
  . ((identifier) @name . (method_parameter . ":" @name))? . ((identifier) @name . (method_parameter . ":" @name))?
  . ((identifier) @name . (method_parameter . ":" @name))? . ((identifier) @name . (method_parameter . ":" @name))?
  [(compound_statement) "..."] @body) @definition.method

((method_declaration (method_type) . (identifier) @name @_first . (method_parameter . ":" @name)
  . ((identifier) @name . (method_parameter . ":" @name))? . ((identifier) @name . (method_parameter . ":" @name))?
  . ((identifier) @name . (method_parameter . ":" @name))? . ((identifier) @name . (method_parameter . ":" @name))?
  . ((identifier) @name . (method_parameter . ":" @name))? . ((identifier) @name . (method_parameter . ":" @name))?) @definition.constructor
  (#match? @_first "^init([A-Z]|$)"))
(method_declaration ["-" "+" (method_type)] . (identifier) @name . (method_parameter . ":" @name)
  . ((identifier) @name . (method_parameter . ":" @name))? . ((identifier) @name . (method_parameter . ":" @name))?
  . ((identifier) @name . (method_parameter . ":" @name))? . ((identifier) @name . (method_parameter . ":" @name))?
  . ((identifier) @name . (method_parameter . ":" @name))? . ((identifier) @name . (method_parameter . ":" @name))?) @definition.method
((method_declaration (method_type) . (identifier) @name
  . [";" (identifier) (availability_attribute_specifier) (attribute_specifier)]) @definition.constructor
  (#eq? @name "init"))
(method_declaration ["-" "+" (method_type)] . (identifier) @name
  . [";" (identifier) (availability_attribute_specifier) (attribute_specifier)]) @definition.method

(property_declaration (struct_declaration (struct_declarator [
  (identifier) @name
  (pointer_declarator declarator: (identifier) @name)
  (function_declarator declarator: (parenthesized_declarator (block_pointer_declarator declarator: (identifier) @name)))]))) @definition.field

(type_definition declarator: (function_declarator
  declarator: (parenthesized_declarator (block_pointer_declarator declarator: (type_identifier) @name)))) @definition.type

; typedef NS_ENUM(NSInteger, Name) { … }: not C, so the parser takes the name for a type or gives up after it
((type_definition type: (macro_type_specifier name: (identifier) @_macro type: (type_descriptor type: (_) @name)))
  @definition.enum
  (#any-of? @_macro "NS_ENUM" "NS_OPTIONS" "NS_CLOSED_ENUM" "NS_ERROR_ENUM" "CF_ENUM" "CF_OPTIONS"))
((ERROR (macro_type_specifier name: (identifier) @_macro (ERROR (identifier) @name))) @definition.enum
  (#any-of? @_macro "NS_ENUM" "NS_OPTIONS" "NS_CLOSED_ENUM" "NS_ERROR_ENUM" "CF_ENUM" "CF_OPTIONS"))

(translation_unit (declaration (type_qualifier "const")
  declarator: (init_declarator declarator: (identifier) @name)) @definition.constant)
(translation_unit (declaration
  declarator: (init_declarator declarator: (pointer_declarator (type_qualifier "const") declarator: (identifier) @name))) @definition.constant)
(translation_unit (declaration
  declarator: (pointer_declarator (type_qualifier "const") declarator: (identifier) @name)) @definition.constant)
