# Types of all attributes, and that each function is a function.
builtins.mapAttrs (n: v: builtins.typeOf v) builtins
