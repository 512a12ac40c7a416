builtins.appendContext "a" { "/nix/store/00000000000000000000000000000000-a.drv".outputs = [ "out" 1 ]; }
