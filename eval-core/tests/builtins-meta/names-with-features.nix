builtins.filter (n: builtins.elem n [ "fetchTree" "fetchClosure" "outputOf" ]) (builtins.attrNames builtins)
