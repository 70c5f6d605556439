; Protocol Buffers.

(comment) @comment

(message (message_name) @name (message_body) @body) @definition.struct
(enum (enum_name) @name (enum_body) @body) @definition.enum
(service (service_name) @name "{" @body) @definition.interface
(rpc (rpc_name) @name) @definition.method
(extend (full_ident) @name (message_body) @body) @definition.struct
