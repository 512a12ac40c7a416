let gone = builtins.removeAttrs builtins [ "builtins" "currentTime" "currentSystem" "nixVersion" "nixPath" ]; in
builtins.filter (n: !(builtins.isFunction gone.${n})) (builtins.attrNames gone)
