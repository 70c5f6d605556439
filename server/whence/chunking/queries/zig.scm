; Zig. `pub` stands beside a declaration, not in it.

(line_comment) @comment
(doc_comment) @comment
(container_doc_comment) @comment

("pub"? @definition.function . (Decl (FnProto function: (IDENTIFIER) @name) (Block) @body) @definition.function)
("pub"? @definition.function . (Decl (FnProto function: (IDENTIFIER) @name)) @definition.function)
("pub"? @definition.enum . (Decl (VarDecl variable_type_function: (IDENTIFIER) @name
  (ErrorUnionExpr (SuffixExpr (ContainerDecl (ContainerDeclType . "enum") "{" @body))))) @definition.enum)
("pub"? @definition.struct . (Decl (VarDecl variable_type_function: (IDENTIFIER) @name
  (ErrorUnionExpr (SuffixExpr (ContainerDecl "{" @body))))) @definition.struct)
("pub"? @definition.enum . (Decl (VarDecl variable_type_function: (IDENTIFIER) @name
  (ErrorUnionExpr (SuffixExpr (ErrorSetDecl "{" @body))))) @definition.enum)
("pub"? @definition.constant . (Decl (VarDecl "const" variable_type_function: (IDENTIFIER) @name)) @definition.constant)
("pub"? @definition.variable . (Decl (VarDecl variable_type_function: (IDENTIFIER) @name)) @definition.variable)
(TestDecl [(STRINGLITERALSINGLE) (IDENTIFIER)] @name (Block) @body) @definition.test
(ContainerField (IDENTIFIER) @name) @definition.field
