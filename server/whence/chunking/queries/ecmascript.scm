; What JavaScript, JSX, TypeScript and TSX have in common.

(comment) @comment
(decorator) @attribute
(export_statement) @wrapper

; describe("…", () => …), it(…), test(…), suite(…), also it.each(…)(…), it.only(…)
((expression_statement
  (call_expression
    function: [(identifier) @_call (member_expression object: (identifier) @_call)]
    arguments: (arguments . [(string) (template_string)] @name
      [(arrow_function body: (_) @body) (function_expression body: (_) @body)]))) @definition.test
  (#any-of? @_call "describe" "it" "test" "suite" "specify" "context" "fdescribe" "xdescribe" "fit" "xit"))

(function_declaration name: (identifier) @name body: (statement_block) @body) @definition.function
(generator_function_declaration name: (identifier) @name body: (statement_block) @body) @definition.function
((method_definition name: (_) @name body: (statement_block) @body) @definition.constructor
  (#eq? @name "constructor"))
(method_definition name: (_) @name body: (statement_block) @body) @definition.method

; const load = async () => …, function expressions and classes given a name by assignment
(lexical_declaration
  (variable_declarator name: (identifier) @name
    value: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)])) @definition.function
(variable_declaration
  (variable_declarator name: (identifier) @name
    value: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)])) @definition.function
(lexical_declaration (variable_declarator name: (identifier) @name value: (class body: (_) @body))) @definition.class
(expression_statement
  (assignment_expression left: [(identifier) (member_expression)] @name
    right: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)])) @definition.function
(expression_statement
  (assignment_expression
    right: (assignment_expression left: [(identifier) (member_expression)] @name
      right: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)]))) @definition.function
(expression_statement
  (assignment_expression left: [(identifier) (member_expression)] @name right: (class body: (_) @body))) @definition.class

; getter(req, 'secure', function secure() …): a function with a name of its own, given to a call
(program
  (expression_statement
    (call_expression arguments: (arguments (function_expression name: (identifier) @name body: (_) @body)))) @definition.function)
(pair key: (_) @name
  value: [(arrow_function body: (statement_block) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)]) @definition.method

(program (lexical_declaration (variable_declarator name: (identifier) @name)) @definition.variable)
(program (variable_declaration (variable_declarator name: (identifier) @name)) @definition.variable)
(program (export_statement declaration: (lexical_declaration (variable_declarator name: (identifier) @name)) @definition.variable))
