# The value of a file is shared.
let f = ./files/once.nix; in [ (import f) (import f) (import ./files/once.nix == import f) ]
