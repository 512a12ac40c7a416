[
  (import ./dir)
  (import ./dir/default.nix)
  (import ./dir/.)
  (import (toString ./dir))
  (import ./files/function.nix 1 2)
  (import ./files/formals.nix { })
  (import ./files/paths.nix)
  (map import [ ./dir ./dir ])
  (import { outPath = ./dir; })
  (import "${toString ./files}/formals.nix" { a = 5; })
]
