; CMake: functions, macros, targets, tests and variables.

(line_comment) @comment
(bracket_comment) @comment

(function_def (function_command (argument_list . (argument) @name)) (body) @body) @definition.function
(macro_def (macro_command (argument_list . (argument) @name)) (body) @body) @definition.macro
((normal_command (identifier) @_command (argument_list . (argument) @_keyword . (argument) @name)) @definition.target
  (#match? @_command "(?i)^add_test$") (#eq? @_keyword "NAME"))
((normal_command (identifier) @_command (argument_list . (argument) @name)) @definition.target
  (#match? @_command "(?i)^(add_(executable|library|custom_target|test|subdirectory)|fetchcontent_declare|externalproject_add|qt_add_executable|qt_add_library)$"))
((normal_command (identifier) @_command (argument_list . (argument) @name)) @definition.variable
  (#match? @_command "(?i)^(set|option|project)$"))
