let x = import ./files/lib.nix; in x.double "a"
